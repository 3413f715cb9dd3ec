// Runs the scripts of one simulated Redis, each compiled once. A script finds nothing that another has left: what it can
// reach is made anew or cannot be changed.
import type { Activation, LuaState } from 'fengari'
import { toFirstZero } from '../c-text.ts'
import { error, type Reply } from '../reply.ts'
import { fromBytes, pushText, toBytes } from './bytes.ts'
import { errorIn, toReply } from './convert.ts'
import { auxiliary, library, lua } from './fengari.ts'
import { installGlobals } from './globals.ts'
import { mathLibrary, RandomNumbers } from './math-library.ts'
import { countAsLua51 } from './numbers.ts'
import { redisLibrary } from './redis-library.ts'
import { orderByBytes } from './string-order.ts'
import { laterSyntax, syntaxWordsOfLua51, wordsOfLua51 } from './wording.ts'

export interface ScriptRun {
  readonly sum: string
  readonly keys: readonly string[]
  readonly args: readonly string[]
  /** Executes a command of the script. */
  readonly command: (args: readonly string[]) => Reply
}

export type Compiled = { readonly kind: 'compiled' } | { readonly kind: 'error'; readonly message: string }

const CHUNK = toBytes('@user_script')
const KEYS = toBytes('KEYS')
const ARGV = toBytes('ARGV')
const WHERE = toBytes('Sl')
const [HANDLER, GLOBALS] = [1, 2]

export class ScriptEngine {
  readonly #random = new RandomNumbers()
  /** Where a compiled script lies in Lua's registry. */
  readonly #compiled = new Map<string, number>()
  #lua: LuaState | undefined
  #run: ScriptRun | undefined
  #failure = { message: '', place: '' }
  /** A bug of ours inside of a command: Lua would take it for an error of the script. */
  #bug: { readonly cause: unknown } | undefined

  compile(sum: string, text: string): Compiled {
    if (this.#compiled.has(sum)) return { kind: 'compiled' }
    const later = laterSyntax(text)
    if (later !== undefined) return { kind: 'error', message: later }
    const L = this.#state()
    const bytes = toBytes(text)
    const status = auxiliary.luaL_loadbuffer(L, bytes, bytes.length, CHUNK)
    if (status === lua.LUA_OK) {
      this.#compiled.set(sum, auxiliary.luaL_ref(L, lua.LUA_REGISTRYINDEX))
      return { kind: 'compiled' }
    }
    const message = fromBytes(lua.lua_tolstring(L, -1) ?? new Uint8Array())
    lua.lua_settop(L, GLOBALS)
    return { kind: 'error', message: syntaxWordsOfLua51(message) }
  }

  run(run: ScriptRun): Reply {
    const script = this.#compiled.get(run.sum)
    if (script === undefined) throw new Error(`The script ${run.sum} was never compiled`)
    const L = this.#state()
    this.#run = run
    this.#bug = undefined
    this.#random.seed(0)
    setTexts(L, KEYS, run.keys)
    setTexts(L, ARGV, run.args)
    lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, script)
    const status = lua.lua_pcall(L, 0, 1, HANDLER)
    const reply = status === lua.LUA_OK ? this.#returned(L) : this.#failed(run.sum)
    lua.lua_settop(L, GLOBALS)
    this.#run = undefined
    this.#throwBug()
    return reply
  }

  #throwBug(): void {
    if (this.#bug !== undefined) throw this.#bug.cause
  }

  #returned(L: LuaState): Reply {
    const value = L.stack[L.top - 1]
    return value === undefined ? { kind: 'null' } : toReply(value)
  }

  #failed(sum: string): Reply {
    const { message, place } = this.#failure
    return error(place === '' ? message : `${message} script: ${sum}, on ${place}.`)
  }

  #state(): LuaState {
    if (this.#lua !== undefined) return this.#lua
    countAsLua51()
    orderByBytes()
    const L = auxiliary.luaL_newstate()
    library.luaL_openlibs(L)
    lua.lua_settop(L, 0)
    lua.lua_pushcfunction(L, (state) => this.#handle(state))
    installGlobals(L, { redis: redisLibrary((args) => this.#execute(args)), math: mathLibrary(this.#random) })
    this.#lua = L
    return L
  }

  #execute(args: readonly string[]): Reply {
    try {
      if (this.#run === undefined) throw new Error('A command was called by no script')
      return this.#run.command(args)
    } catch (cause) {
      this.#bug = { cause }
      throw cause
    }
  }

  /** Told of an error where it happened: what it says, and the line of the script. */
  #handle(L: LuaState): number {
    const value = L.stack[L.top - 1]
    const isTable = lua.lua_type(L, -1) === lua.LUA_TTABLE
    const told = isTable && value !== undefined ? errorIn(value) : undefined
    const message = isTable
      ? (told ?? 'ERR unknown error')
      : `ERR ${wordsOfLua51(fromBytes(auxiliary.luaL_tolstring(L, 1)))}`
    this.#failure = { message: toFirstZero(message), place: place(L) }
    lua.lua_settop(L, 1)
    return 1
  }
}

/** File and line of the script where an error arose; inside of a function of ours, where that was called. */
function place(L: LuaState): string {
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

function setTexts(L: LuaState, name: Uint8Array, texts: readonly string[]): void {
  lua.lua_createtable(L, texts.length, 0)
  texts.forEach((text, index) => {
    pushText(L, text)
    lua.lua_rawseti(L, -2, index + 1)
  })
  lua.lua_setfield(L, GLOBALS, name)
}
