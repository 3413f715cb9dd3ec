// With the plain messages installed the SDK's pipeline delivers the same events, and Node's own messages, which are made of
// the global streams then, are read as before.
import { createRequire } from 'node:module'
import type { ReadableWritablePair } from 'node:stream/web'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withLastWords } from '../../../client/silence.ts'
import { installPlainMessages } from './install.ts'
import { CASES } from './test-cases.ts'
import { DEEDS, seen } from './test-message-run.ts'
import { hearUnhandledRejections } from './test-unhandled.ts'

interface Parser {
  new (options: { onRetry(ms: number): void; onComment(text: string): void }): ReadableWritablePair<unknown, string>
}

type Step = { readonly bytes: number } | 'close' | 'error' | 'cancel' | 'read'

const lines = fc.constantFrom(
  'data: €😀',
  'data: ',
  'id: 7',
  'retry: 9',
  'event: message',
  ': alive',
  'nonsense',
  '',
  '',
)
const texts = fc.array(lines, { maxLength: 12 }).map((all) => Buffer.from(`${all.join('\n')}\n\n`))
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { arbitrary: fc.nat(20).map((bytes) => ({ bytes })), weight: 8 },
    { arbitrary: fc.constantFrom('close', 'error', 'cancel', 'read'), weight: 2 },
  ),
  { maxLength: 12 },
)

/** The SDK's own, made of the transform that there is now. */
function loadParser(): Parser {
  const sdk = createRequire(
    createRequire(import.meta.url).resolve('@modelcontextprotocol/sdk/client/streamableHttp.js'),
  )
  const name = sdk.resolve('eventsource-parser/stream')
  delete sdk.cache[name]
  return sdk(name).EventSourceParserStream
}

function installed<Result>(work: () => Result): Result {
  const uninstall = installPlainMessages()
  try {
    return work()
  } finally {
    uninstall()
  }
}

type Note = (name: string) => (what?: unknown) => void

/** As the client makes it of a reply: every stream of it is one of the global ones. */
function pipeline(Parser: Parser, note: Note) {
  const begun: ReadableStreamDefaultController<Uint8Array>[] = []
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => void begun.push(controller),
    cancel: note('cancelled'),
  })
  const reader = withLastWords(body, note('heard'))
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new Parser({ onRetry: note('retry'), onComment: note('comment') }))
    .getReader()
  return { reader, source: begun[0] }
}

/** What is heard of such a text, step by step, each by its name. */
async function heard(make: (note: Note) => ReturnType<typeof pipeline>, text: Uint8Array, all: readonly Step[]) {
  const seen: Record<string, unknown[]>[] = [{}]
  const note: Note = (name) => (what) => {
    const now = seen.at(-1) ?? {}
    now[name] = [...(now[name] ?? []), what]
  }
  const uncaught = note('uncaught')
  process.on('unhandledRejection', uncaught)
  const { source, reader } = make(note)
  const read = async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) note('event')(part.value)
    note('end')()
  }
  let at = 0
  for (const step of all) {
    try {
      if (typeof step === 'object') source?.enqueue(text.slice(at, at + step.bytes))
      else if (step === 'close') source?.close()
      else if (step === 'error') source?.error('broken')
      else if (step === 'read') read().catch(note('failed'))
      else reader.cancel('enough').catch(note('not cancelled'))
    } catch {
      note('threw')()
    }
    if (typeof step === 'object') at += step.bytes
    await new Promise((resolve) => setImmediate(resolve))
    seen.push({})
  }
  process.off('unhandledRejection', uncaught)
  return seen
}

describe('with the plain messages installed', () => {
  hearUnhandledRejections()
  const Before = loadParser()
  const After = installed(loadParser)

  it.each([
    ['after', After],
    ['before', Before],
  ])('the client hears the same of a reply, the SDK loaded %s that', async (_, Parser) => {
    const alike = fc.asyncProperty(texts, steps, async (text, all) => {
      const plain = await heard((note) => installed(() => pipeline(Parser, note)), text, all)
      expect(plain).toEqual(await heard((note) => pipeline(Before, note), text, all))
    })
    await fc.assert(alike, CASES)
  })

  it('requests of Node’s own are read as without', async () => {
    const alike = fc.asyncProperty(fc.string({ unit: 'binary' }), DEEDS, async (body, deeds) => {
      const make = () => new Request('http://localhost/', { method: 'POST', body })
      const look = (message: Request | Response) => [...message.headers]
      expect(await seen(installed(make), deeds, look)).toEqual(await seen(make(), deeds, look))
    })
    await fc.assert(alike, { ...CASES, numRuns: CASES.numRuns / 4 })
  })

  it('the globals are Node’s own again afterwards', () => {
    const own = [Headers, Response, ReadableStream, TextDecoderStream, TransformStream]
    expect(installed(() => [Headers, Response, ReadableStream, TextDecoderStream, TransformStream])).not.toEqual(own)
    expect([Headers, Response, ReadableStream, TextDecoderStream, TransformStream]).toEqual(own)
  })
})
