// Runs the scripts of every simulated Redis of the process, each compiled once: a world is made for each trace, and a Lua
// made for it would cost more than all that the trace asks of it. A script finds nothing that another has left, of its own
// world or of another: what it can reach is made anew or cannot be changed. Which scripts a Redis knows, it says itself.
import type { LuaState, TValue } from 'fengari'
import { toFirstZero } from '../c-text.ts'
import type { ScriptCommands } from '../command.ts'
import { error, type Reply } from '../reply.ts'
import { fromBytes } from './bytes.ts'
import { type Compiled, CompiledScripts } from './compiled-scripts.ts'
import { errorIn, toReply } from './convert.ts'
import { auxiliary, library, lua, objects } from './fengari.ts'
import { changeFengari } from './fengari-changes.ts'
import { type Globals, installGlobals } from './globals.ts'
import { countIdentities } from './identities.ts'
import { mathLibrary, RandomNumbers } from './math-library.ts'
import { place } from './place.ts'
import { redisLibrary } from './redis-library.ts'
import { closureIn, tableIn, tableOf, topOf } from './values.ts'
import { wordsOfLua51 } from './wording.ts'

interface ScriptRun {
  readonly sum: string
  readonly text: string
  readonly keys: readonly string[]
  readonly args: readonly string[]
  readonly commands: ScriptCommands
}

const HANDLER = 1
const NO_FAILURE = { message: 'ERR unknown error', place: '' }

class ScriptEngine {
  readonly #random = new RandomNumbers()
  readonly #lua: LuaState
  readonly #scripts: CompiledScripts
  readonly #globals: Globals
  readonly #restartIdentities: () => void
  /** Of the script that is running. */
  #commands: ScriptCommands | undefined
  #failure = NO_FAILURE
  /** A bug of ours inside of a command: Lua would take it for an error of the script. */
  #bug: { readonly cause: unknown } | undefined

  constructor() {
    const L = auxiliary.luaL_newstate()
    library.luaL_openlibs(L)
    lua.lua_settop(L, 0)
    lua.lua_pushcfunction(L, (state) => this.#handle(state))
    const tell = (name: string) => this.#outside((commands) => commands.notSimulated(name))
    const redis = redisLibrary((args) => this.#outside((commands) => commands.execute(args)), tell)
    this.#globals = installGlobals(L, { redis, math: mathLibrary(this.#random) }, tell)
    this.#restartIdentities = countIdentities(L)
    this.#scripts = new CompiledScripts(L)
    this.#lua = L
  }

  compile(sum: string, text: string): Compiled {
    this.#mustRest()
    return this.#scripts.compile(sum, text)
  }

  run(run: ScriptRun): Reply {
    const compiled = this.compile(run.sum, run.text)
    if (compiled.kind === 'error') throw new Error(`The script ${run.sum} does not compile: ${compiled.message}`)
    const L = this.#lua
    this.#clear(compiled.script)
    this.#globals.keys.sethvalue(tableOf(L, run.keys))
    this.#globals.args.sethvalue(tableOf(L, run.args))
    objects.pushobj2s(L, compiled.script)
    this.#commands = run.commands
    const status = lua.lua_pcall(L, 0, 1, HANDLER)
    this.#commands = undefined
    const result = topOf(L)
    lua.lua_settop(L, HANDLER)
    this.#throwBug()
    return status === lua.LUA_OK ? toReply(result) : this.#failed(run.sum)
  }

  /** Of all that an earlier script may have left. */
  #clear(script: TValue): void {
    this.#random.seed(0)
    this.#restartIdentities()
    // Lua 5.3 lets a script say what its globals are, by this one variable outside of it.
    closureIn(script)?.upvals[0]?.sethvalue(this.#globals.table)
    this.#failure = NO_FAILURE
    this.#bug = undefined
  }

  #mustRest(): void {
    if (this.#commands !== undefined) throw new Error('A script is running, and nothing else can run inside of one')
  }

  #throwBug(): void {
    if (this.#bug !== undefined) throw this.#bug.cause
  }

  #failed(sum: string): Reply {
    const { message, place } = this.#failure
    return error(place === '' ? message : `${message} script: ${sum}, on ${place}.`)
  }

  /** What a script asks for outside of Lua. */
  #outside<T>(ask: (commands: ScriptCommands) => T): T {
    try {
      if (this.#commands === undefined) throw new Error('A command was called by no script')
      return ask(this.#commands)
    } catch (cause) {
      this.#bug = { cause }
      throw cause
    }
  }

  /** Told of an error where it happened: what it says, and the line of the script. */
  #handle(L: LuaState): number {
    const table = tableIn(topOf(L))
    const message =
      table === undefined
        ? `ERR ${wordsOfLua51(fromBytes(auxiliary.luaL_tolstring(L, 1)))}`
        : (errorIn(table) ?? 'ERR unknown error')
    this.#failure = { message: toFirstZero(message), place: place(L) }
    lua.lua_settop(L, 1)
    return 1
  }
}

let shared: ScriptEngine | undefined

/** The one of this process, made when a script is first sent. */
export function scriptEngine(): ScriptEngine {
  if (shared === undefined) {
    changeFengari()
    shared = new ScriptEngine()
  }
  return shared
}
