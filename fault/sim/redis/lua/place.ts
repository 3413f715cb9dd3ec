// Where in a script an error arose.
import type { Activation, LuaState } from 'fengari'
import { fromBytes, toBytes } from './bytes.ts'
import { lua } from './fengari.ts'

const WHERE = toBytes('Sl')

/** File and line; inside of a function of ours, where that was called. */
export function place(L: LuaState): string {
  const raiser = activation(L, 1)
  const at = raiser?.currentline === -1 ? activation(L, 2) : raiser
  const source = at?.source ?? undefined
  return at === undefined || source === undefined ? '' : `${fromBytes(source)}:${at.currentline}`
}

function activation(L: LuaState, level: number): Activation | undefined {
  const found = new lua.lua_Debug()
  if (!lua.lua_getstack(L, level, found)) return undefined
  lua.lua_getinfo(L, WHERE, found)
  return found
}
