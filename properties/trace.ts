// A trace is data: the topology, the settings and the commands of one run. Written by hand, generated, shrunk, mailed,
// committed; it needs no seed and no code to be read or replayed.
import { z } from 'zod'

export const FORMAT = 1

const index = z.number().int().nonnegative()

/** A backend by its role at the moment the command runs, or by its number from 1. */
const backendRole = z.union([
  z.number().int().positive(),
  z.strictObject({ serving: index }),
  z.strictObject({ up: index }),
  z.strictObject({ down: index }),
  z.strictObject({ paused: index }),
])
export type BackendRole = z.infer<typeof backendRole>

/** A link by name, every link to Redis, the link of a backend by role, or the k-th link that is hurt. */
const linkRole = z.union([
  z.literal(['client', 'redis:*', 'backend:*']),
  z.string().regex(/^(redis|backend):[1-9]\d*$/),
  z.strictObject({ redis: backendRole }),
  z.strictObject({ backend: backendRole }),
  z.strictObject({ faulty: index }),
])
export type LinkRole = z.infer<typeof linkRole>

/** A session: of a client, `age` 0 the current one, 1 the one before; or a literal id. */
const sessionRef = z.union([z.strictObject({ client: index, age: index }), z.string()])
export type SessionRef = z.infer<typeof sessionRef>

const ms = z.number().nonnegative()
const background = z.literal(true).optional()
const one = { client: index }

const callShapes = {
  increment: z.strictObject(one),
  getCounter: z.strictObject(one),
  listNotes: z.strictObject(one),
  summary: z.strictObject(one),
  addNote: z.strictObject({ ...one, note: z.string() }),
  analyze: z.strictObject({ ...one, items: z.number().int().min(0).max(1_000), background }),
  watch: z.strictObject({ ...one, seconds: z.number().int().min(0).max(30), background }),
  resume: z.strictObject({ ...one, from: sessionRef }),
  peek: z.strictObject({ ...one, of: sessionRef }),
}

const faultShapes = {
  kill: z.strictObject({ backend: backendRole }),
  stop: z.strictObject({ backend: backendRole }),
  start: z.strictObject({ backend: backendRole }),
  pause: z.strictObject({ backend: backendRole }),
  continue: z.strictObject({ backend: backendRole }),
  cut: z.strictObject({ link: linkRole }),
  reset: z.strictObject({ link: linkRole }),
  delay: z.strictObject({ link: linkRole, ms, jitterMs: ms.optional() }),
  dropReplies: z.strictObject({ link: linkRole, closeAfterMs: ms.optional() }),
  heal: z.strictObject({ link: linkRole }),
  end: z.strictObject(one),
  balancer: z.enum(['restart']),
}

const otherShapes = {
  open: z.strictObject(one),
  close: z.strictObject(one),
  wait: z.strictObject({ ms }),
}

type Shapes = Record<string, z.ZodType>
type CommandOf<S extends Shapes> = { [K in keyof S]: { [P in K]: z.infer<S[K]> } }[keyof S]

/** A command is an object with one key, its kind. */
function oneOf<S extends Shapes>(shapes: S): z.ZodType<CommandOf<S>> {
  const kinds = Object.keys(shapes)
  return z.custom<CommandOf<S>>().superRefine((value, context) => {
    const [kind, ...more] = value && typeof value === 'object' ? Object.keys(value) : []
    const shape = kind === undefined ? undefined : shapes[kind]
    if (kind === undefined || !shape || more.length > 0) {
      context.addIssue({ code: 'custom', message: `a command is an object with one key of ${kinds.join(', ')}` })
      return
    }
    const parsed = shape.safeParse(Object.values(value)[0])
    for (const issue of parsed.error?.issues ?? []) {
      context.addIssue({ code: 'custom', message: issue.message, path: [kind, ...issue.path] })
    }
  })
}

const call = oneOf(callShapes)
const fault = oneOf(faultShapes)
const during = z.strictObject({ call, at: z.enum(['sent', 'executed']), fault })

export type CallCommand = z.infer<typeof call>
export type FaultCommand = z.infer<typeof fault>
export type During = z.infer<typeof during>
const command = oneOf({ ...callShapes, ...faultShapes, ...otherShapes, during })
export type Command = z.infer<typeof command>

const trace = z.object({
  format: z.literal(FORMAT),
  topology: z.strictObject({ backends: z.number().int().min(1).max(9), clients: z.number().int().min(1).max(9) }),
  settings: z.strictObject({ ttlMs: z.number().positive(), keys: z.enum(['on', 'off']).optional() }),
  commands: z.array(command),
})
export type Trace = z.infer<typeof trace>

/** A value that is no trace. The message says where and what is accepted. */
export class TraceError extends Error {
  override readonly name = 'TraceError'
}

/**
 * Reads a trace from JSON text; further fields, such as how it was found, are let pass.
 * @throws TraceError naming the place in the file and what it accepts.
 */
export function parseTrace(text: string, name: string): Trace {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new TraceError(`${name} is not JSON: ${error instanceof Error ? error.message : error}`)
  }
  const parsed = trace.safeParse(value)
  if (parsed.success) return parsed.data
  const [first] = parsed.error.issues
  throw new TraceError(`${name} is no trace: ${first?.path.join('.') || 'the file'}: ${first?.message}`)
}

export type CommandKind = Command extends infer C ? (C extends unknown ? keyof C : never) : never

const KINDS = [...Object.keys(callShapes), ...Object.keys(faultShapes), ...Object.keys(otherShapes), 'during']

function isKind(key: string): key is CommandKind {
  return KINDS.includes(key)
}

/** The kind of a command: its one key. */
export function kindOf(each: Command): CommandKind {
  const kind = Object.keys(each).find(isKind)
  if (!kind) throw new TraceError(`no command: ${JSON.stringify(each)}`)
  return kind
}
