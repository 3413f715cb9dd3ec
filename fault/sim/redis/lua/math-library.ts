// Lua 5.1's mathematics: every result is a double. Random numbers are those of Redis, which begin anew in each script.
import type { LuaFunction, LuaState } from 'fengari'
import { toBytes } from './bytes.ts'
import { auxiliary, lua } from './fengari.ts'

function of(count: 1 | 2, compute: (first: number, second: number) => number): LuaFunction {
  return (L) => {
    const first = auxiliary.luaL_checknumber(L, 1)
    lua.lua_pushnumber(L, compute(first, count === 2 ? auxiliary.luaL_checknumber(L, 2) : 0))
    return 1
  }
}

function best(choose: (a: number, b: number) => number): LuaFunction {
  return (L) => {
    let chosen = auxiliary.luaL_checknumber(L, 1)
    for (let at = 2; at <= lua.lua_gettop(L); at++) chosen = choose(chosen, auxiliary.luaL_checknumber(L, at))
    lua.lua_pushnumber(L, chosen)
    return 1
  }
}

function parts(L: LuaState): number {
  const value = auxiliary.luaL_checknumber(L, 1)
  lua.lua_pushnumber(L, Math.trunc(value))
  lua.lua_pushnumber(L, Number.isFinite(value) ? value - Math.trunc(value) : 0)
  return 2
}

/** The generator of drand48, of which Redis takes 31 bits. */
export class RandomNumbers {
  #state = 0n

  constructor() {
    this.seed(0)
  }

  seed(value: number): void {
    this.#state = (BigInt.asUintN(32, BigInt(Math.trunc(value))) << 16n) + 0x330en
  }

  /** From 0 to almost 1. */
  next(): number {
    this.#state = BigInt.asUintN(48, this.#state * 0x5deece66dn + 0xbn)
    return (Number(this.#state >> 17n) % 0x7fffffff) / 0x7fffffff
  }
}

function random(numbers: RandomNumbers): LuaFunction {
  return (L) => {
    const drawn = numbers.next()
    const count = lua.lua_gettop(L)
    const from = count < 2 ? 1 : Math.trunc(auxiliary.luaL_checknumber(L, 1))
    const to = count === 0 ? 0 : Math.trunc(auxiliary.luaL_checknumber(L, count))
    if (count > 0 && from > to) return auxiliary.luaL_argerror(L, count, toBytes('interval is empty'))
    lua.lua_pushnumber(L, count === 0 ? drawn : Math.floor(drawn * (to - from + 1)) + from)
    return 1
  }
}

export function mathLibrary(numbers: RandomNumbers): Readonly<Record<string, LuaFunction | number>> {
  const seed: LuaFunction = (L) => {
    numbers.seed(auxiliary.luaL_checknumber(L, 1))
    return 0
  }
  return {
    abs: of(1, Math.abs),
    ceil: of(1, Math.ceil),
    exp: of(1, Math.exp),
    floor: of(1, Math.floor),
    fmod: of(2, (a, b) => a % b),
    huge: Number.POSITIVE_INFINITY,
    log: of(1, Math.log),
    log10: of(1, Math.log10),
    max: best((a, b) => Math.max(b, a)),
    min: best((a, b) => Math.min(b, a)),
    mod: of(2, (a, b) => a % b),
    modf: parts,
    pi: Math.PI,
    pow: of(2, (a, b) => a ** b),
    random: random(numbers),
    randomseed: seed,
    sqrt: of(1, Math.sqrt),
  }
}
