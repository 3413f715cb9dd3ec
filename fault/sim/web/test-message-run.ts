// Reads a message in every way that there is, and tells all that can be seen of it.
import fc from 'fast-check'

export interface Deed {
  readonly do:
    | ('text' | 'json' | 'bytes' | 'arrayBuffer' | 'blob' | 'look at body')
    | ('get reader' | 'read' | 'cancel' | 'iterate' | 'clone')
  /** Messages and readers are counted from the first, and around. */
  readonly at: number
}

const names = fc.oneof(
  fc.constantFrom<Deed['do']>('text', 'json', 'bytes', 'arrayBuffer', 'blob', 'clone', 'clone'),
  fc.constantFrom<Deed['do']>('look at body', 'get reader', 'read', 'read', 'cancel', 'iterate'),
)
export const DEEDS = fc.array(fc.record({ do: names, at: fc.nat(3) }), { maxLength: 8 })

/** Thrown on purpose: it must come out as it went in. */
export const OWN = new Error('own')

type Message = Request | Response

/** What was seen after each of the deeds; `look` tells what else there is to see. */
export async function seen(
  message: Message,
  deeds: readonly Deed[],
  look: (message: Message) => unknown,
): Promise<unknown> {
  const run = new Run(message)
  const notes: unknown[] = [look(message)]
  let step: string[] = []
  const uncaught = (error: unknown) => step.push(`uncaught ${told(error)}`)
  process.on('unhandledRejection', uncaught)
  for (const deed of deeds) {
    const note = (how: string) => (value: unknown) => void step.push(`${deed.do} ${how} ${JSON.stringify(told(value))}`)
    run.do(deed).then(note('gave'), note('failed with'))
    // What never comes is not waited for, and in which order the rest comes within one step is left open.
    await new Promise((resolve) => setImmediate(resolve))
    notes.push(step.sort())
    step = []
    notes.push(run.messages.map((each) => [each.bodyUsed, look(each)]))
  }
  process.off('unhandledRejection', uncaught)
  return notes
}

class Run {
  readonly messages: Message[]
  readonly #readers: ReadableStreamDefaultReader<unknown>[] = []
  readonly #first: Message

  constructor(message: Message) {
    this.#first = message
    this.messages = [message]
  }

  async do(deed: Deed): Promise<unknown> {
    const message = this.messages[deed.at % this.messages.length] ?? this.#first
    switch (deed.do) {
      case 'look at body':
        return this.#body(message)
      case 'get reader':
        return message.body && this.#readers.push(message.body.getReader())
      case 'read':
        return this.#readers[deed.at % this.#readers.length]?.read()
      case 'cancel':
        return message.body?.cancel(OWN)
      case 'iterate':
        return all(message.body ?? [])
      case 'clone':
        return this.messages.push(message.clone()) && 'a clone'
      case 'bytes':
        // Younger than the types of Node 20.
        return Reflect.apply(Reflect.get(message, 'bytes'), message, [])
      case 'arrayBuffer':
        return message.arrayBuffer()
      case 'text':
        return message.text()
      case 'json':
        return message.json()
      case 'blob':
        return message.blob()
      default:
        return deed.do satisfies never
    }
  }

  #body(message: Message): unknown {
    const { body } = message
    return body && { isLocked: body.locked, isAlwaysTheSame: body === message.body }
  }
}

async function all(chunks: AsyncIterable<unknown> | Iterable<unknown>): Promise<readonly unknown[]> {
  const seen: unknown[] = []
  for await (const chunk of chunks) seen.push(chunk)
  return seen
}

function told(value: unknown): unknown {
  if (value instanceof Error) return value === OWN ? 'its own error' : `a ${value.name}`
  if (value instanceof Blob) return `a blob of ${value.size} bytes, ${value.type}`
  if (value instanceof ArrayBuffer) return ['a buffer', ...new Uint8Array(value)]
  if (value instanceof Uint8Array) return ['bytes', ...value]
  if (typeof value === 'object' && value !== null && 'done' in value && 'value' in value)
    return [value.done ? 'the end' : 'a part', told(value.value)]
  return value
}
