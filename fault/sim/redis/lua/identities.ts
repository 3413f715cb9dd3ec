// What tostring shows of a table or a function is a number that fengari counts up as it makes them. In each script it
// begins at the same one, or a script would see how many have run before it.
import type { LuaState } from 'fengari'
import { functions } from './fengari.ts'

/** For the whole process. Lua 5.3 may make one function of two that do the same, and of those of two runs; 5.1 does not. */
export function makeEachFunctionAnew(): void {
  Object.defineProperty(functions.Proto.prototype, 'cache', { get: () => null, set() {} })
}

/** Answers what begins the count again. */
export function countIdentities(L: LuaState): () => void {
  const state = L.l_G
  // Of functions that are no Lua: they get their number when they are first shown.
  state.ids = new Map()
  const first = state.id_counter
  return () => {
    state.id_counter = first
    if (state.ids.size > 0) state.ids.clear()
  }
}
