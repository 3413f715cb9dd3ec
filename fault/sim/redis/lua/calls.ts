// Makes calls inside of fengari cheap. It takes what a call has left off its stack by `delete`, slot by slot, which costs
// more than all else that a script does, and keeps the numbers of a call as doubles in boxes. Here a slot keeps what was
// in it, and nobody looks above the top: whatever is pushed is a new value. No hooks are called: none can be set.
import type { CallInfo, LuaState, TValue } from 'fengari'
import { calls, lua, objects, states } from './fengari.ts'

class Frame implements CallInfo {
  func: TValue | null = null
  funcOff = 0
  top = 0
  previous: CallInfo | null
  next: CallInfo | null = null
  l_base = 0
  l_code: object | null = null
  l_savedpc = 0
  c_k: object | null = null
  c_old_errfunc: number | null = null
  c_ctx: number | null = null
  nresults = 0
  callstatus = 0

  constructor(previous: CallInfo) {
    this.previous = previous
  }
}

/** For the whole process. */
export function callWithoutDelete(): void {
  const { luaD_precall } = calls
  calls.luaD_precall = (L, offset, wanted) => {
    const { value } = slot(L, offset)
    // A function of Lua leaves nothing to take off before it returns.
    return typeof value === 'function' ? callJavaScript(L, offset, wanted) : luaD_precall(L, offset, wanted)
  }
  calls.luaD_poscall = finishCall
  calls.adjust_top = setTop
  states.luaE_extendCI = (L) => {
    const frame = new Frame(L.ci)
    L.ci.next = frame
    L.ci = frame
    return frame
  }
}

function slot(L: LuaState, at: number): TValue {
  const found = L.stack[at]
  if (found === undefined) throw new RangeError(`Nothing was ever pushed to slot ${at} of Lua's stack`)
  return found
}

function setTop(L: LuaState, top: number): void {
  while (L.top < top) L.stack[L.top++] = new objects.TValue(lua.LUA_TNIL, null)
  L.top = top
}

function callJavaScript(L: LuaState, offset: number, wanted: number): boolean {
  const func = slot(L, offset)
  if (typeof func.value !== 'function') throw new TypeError('Only a function can be called')
  calls.luaD_checkstack(L, lua.LUA_MINSTACK)
  const call = states.luaE_extendCI(L)
  call.funcOff = offset
  call.nresults = wanted
  call.func = func
  call.top = L.top + lua.LUA_MINSTACK
  const count = func.value(L)
  finishCall(L, call, L.top - count, count)
  return true
}

/** Moves the results to where the function was. False where all are wanted, and the caller has to mind the top. */
function finishCall(L: LuaState, call: CallInfo, first: number, count: number): boolean {
  if (call.previous === null) throw new TypeError('The first of all calls does not return')
  L.ci = call.previous
  L.ci.next = null
  const to = call.funcOff
  const isOpen = call.nresults === lua.LUA_MULTRET
  const wanted = isOpen ? count : call.nresults
  for (let at = 0; at < wanted && at < count; at++) slot(L, to + at).setfrom(slot(L, first + at))
  for (let at = count; at < wanted; at++) L.stack[to + at] = new objects.TValue(lua.LUA_TNIL, null)
  L.top = to + wanted
  return !isOpen
}
