// What fengari, which is Lua 5.3, does otherwise here: as Lua 5.1 does, and faster. Beside its strings (texts.ts) it is
// changed when a script is first sent, for the whole process: nothing else here runs Lua.
import { callWithoutDelete } from './calls.ts'
import { makeEachFunctionAnew } from './identities.ts'
import { countAsLua51 } from './numbers.ts'
import { refuseWritesToReadOnly } from './read-only.ts'

export function changeFengari(): void {
  countAsLua51()
  refuseWritesToReadOnly()
  makeEachFunctionAnew()
  callWithoutDelete()
}
