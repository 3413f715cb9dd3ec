// What Redis gives to scripts and its simulation does not. A script that asks for it hears that, and so does the owner of
// the simulation: of the script's own error somebody may make nothing.
import type { LuaFunction, LuaState } from 'fengari'
import { fromBytes, toBytes } from './bytes.ts'
import { auxiliary } from './fengari.ts'

export type Tell = (name: string) => void

const GLOBALS = new Set(['bit', 'cjson', 'cmsgpack', 'collectgarbage', 'gcinfo', 'load', 'struct'])

const FUNCTIONS = {
  string: ['dump', 'gfind'],
  table: ['foreach', 'foreachi', 'setn'],
  coroutine: [],
  math: ['acos', 'asin', 'atan', 'atan2', 'cos', 'cosh', 'deg', 'frexp', 'ldexp', 'rad', 'sin', 'sinh', 'tan', 'tanh'],
  redis: ['acl_check_cmd', 'breakpoint', 'debug', 'replicate_commands', 'set_repl'],
} as const

export function refuse(L: LuaState, name: string, tell: Tell): number {
  tell(name)
  return auxiliary.luaL_error(L, toBytes('%s'), toBytes(`the simulated Redis has no ${name}`))
}

/** In the place of those that a library lacks. */
export function lackingOf(library: keyof typeof FUNCTIONS, tell: Tell): Readonly<Record<string, LuaFunction>> {
  const functions = FUNCTIONS[library].map((name) => {
    const refusing: LuaFunction = (L) => refuse(L, `${library}.${name}`, tell)
    return [name, refusing] as const
  })
  return Object.fromEntries(functions)
}

/** Called for a global that is not there. */
export function missingGlobal(tell: Tell): LuaFunction {
  return (L) => {
    const name = fromBytes(auxiliary.luaL_tolstring(L, 2))
    if (GLOBALS.has(name)) return refuse(L, name, tell)
    const message = `Script attempted to access nonexistent global variable '${name}'`
    return auxiliary.luaL_error(L, toBytes('%s'), toBytes(message))
  }
}
