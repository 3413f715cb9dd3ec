// EVAL, EVALSHA and what Redis is told of scripts beforehand.
import { administers, type Call, type Entry, toldApart, word } from '../command.ts'
import { scriptEngine } from '../lua/script-engine.ts'
import { sumOf } from '../lua/sum.ts'
import { parseInteger } from '../number-text.ts'
import { array, bulk, error, integer, NOT_AN_INTEGER, OK, type Reply } from '../reply.ts'

const NO_SCRIPT = error('NOSCRIPT No matching script. Please use EVAL.')
const SUM_LENGTH = 40

interface Parameters {
  readonly kind: 'parameters'
  readonly keys: readonly string[]
  readonly args: readonly string[]
}

/** KEYS and ARGV, or what is wrong with them. */
function parameters(call: Call): Reply | Parameters {
  const count = parseInteger(word(call, 2))
  if (count === undefined) return NOT_AN_INTEGER
  if (count > call.args.length - 3) return error("ERR Number of keys can't be greater than number of args")
  if (count < 0) return error("ERR Number of keys can't be negative")
  const end = 3 + Number(count)
  return { kind: 'parameters', keys: call.args.slice(3, end), args: call.args.slice(end) }
}

function evaluate(call: Call): Reply {
  const split = parameters(call)
  if (split.kind !== 'parameters') return split
  const text = word(call, 1)
  const sum = sumOf(text)
  return load(call, sum, text) ?? run(call, sum, text, split)
}

function evaluateKnown(call: Call): Reply {
  const sum = word(call, 1).toLowerCase()
  if (sum.length !== SUM_LENGTH) return NO_SCRIPT
  const split = parameters(call)
  if (split.kind !== 'parameters') return split
  const text = call.server.scripts.get(sum)
  return text === undefined ? NO_SCRIPT : run(call, sum, text, split)
}

function run(call: Call, sum: string, text: string, { keys, args }: Parameters): Reply {
  return scriptEngine().run({ sum, text, keys, args, commands: call.beginScript() })
}

/** Keeps a script, unless it is none. */
function load(call: Call, sum: string, text: string): Reply | undefined {
  if (call.server.scripts.has(sum)) return undefined
  const compiled = scriptEngine().compile(sum, text)
  if (compiled.kind === 'error') return error(`ERR Error compiling script (new function): ${compiled.message}`)
  call.server.scripts.set(sum, text)
  return undefined
}

function flush(call: Call): Reply {
  const mode = call.args[2]?.toUpperCase()
  const isKnown = mode === undefined || mode === 'SYNC' || mode === 'ASYNC'
  if (!isKnown || call.args.length > 3) return error('ERR SCRIPT FLUSH only support SYNC|ASYNC option')
  call.server.scripts.clear()
  return OK
}

export const SCRIPTS: Readonly<Record<string, Entry>> = {
  EVAL: administers(-3, evaluate),
  EVALSHA: administers(-3, evaluateKnown),
  SCRIPT: toldApart({
    LOAD: administers(3, (call) => {
      const sum = sumOf(word(call, 2))
      return load(call, sum, word(call, 2)) ?? bulk(sum)
    }),
    EXISTS: administers(-3, (call) =>
      array(call.args.slice(2).map((sum) => integer(call.server.scripts.has(sum.toLowerCase()) ? 1 : 0))),
    ),
    FLUSH: administers(-2, flush),
    KILL: administers(2, () => error('NOTBUSY No scripts in execution right now.')),
  }),
}
