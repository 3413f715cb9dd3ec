// The scripts that Lua has compiled, each once.
import type { LuaState, TValue } from 'fengari'
import { toBytes } from './bytes.ts'
import { auxiliary, lua } from './fengari.ts'
import { textIn, topOf } from './values.ts'
import { laterSyntax, syntaxWordsOfLua51 } from './wording.ts'

export type Compiled =
  | { readonly kind: 'compiled'; readonly script: TValue }
  | { readonly kind: 'error'; readonly message: string }

const CHUNK = toBytes('@user_script')
/** More than the scripts of any store. Whoever sends ever new ones shall not fill the memory with them. */
const MOST = 1000

export class CompiledScripts {
  readonly #lua: LuaState
  readonly #known = new Map<string, Compiled>()

  constructor(L: LuaState) {
    this.#lua = L
  }

  compile(sum: string, text: string): Compiled {
    const known = this.#known.get(sum)
    if (known !== undefined) return known
    if (this.#known.size >= MOST) this.#known.clear()
    const compiled = this.#compileNew(text)
    this.#known.set(sum, compiled)
    return compiled
  }

  #compileNew(text: string): Compiled {
    const later = laterSyntax(text)
    if (later !== undefined) return { kind: 'error', message: later }
    const L = this.#lua
    const bytes = toBytes(text)
    const status = auxiliary.luaL_loadbuffer(L, bytes, bytes.length, CHUNK)
    const made = topOf(L)
    lua.lua_pop(L, 1)
    if (status === lua.LUA_OK) return { kind: 'compiled', script: made }
    return { kind: 'error', message: syntaxWordsOfLua51(textIn(made) ?? '') }
  }
}
