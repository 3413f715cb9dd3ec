// A plain response is Node's own to whoever reads it: random ones are made of both, read in every way and compared.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PlainResponse } from './plain-response.ts'
import { PlainStream } from './plain-stream.ts'
import { CASES } from './test-cases.ts'
import { DEEDS, OWN, seen } from './test-message-run.ts'
import { hearUnhandledRejections } from './test-unhandled.ts'

type Init = { status?: number; statusText?: string; headers?: Record<string, string> }

interface Kind {
  make(body: unknown, init: unknown): Response
  stream(source: { start(controller: ReadableStreamDefaultController<unknown>): void }): ReadableStream<unknown>
}

const NODE: Kind = {
  make: (body, init) => Reflect.construct(Response, [body, init]),
  stream: (source) => new ReadableStream(source),
}
const PLAIN: Kind = {
  make: (body, init) => Reflect.construct(PlainResponse, [body, init]),
  stream: (source) => new PlainStream(source),
}

const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constantFrom('', '\u{feff}{}', '\ud800', '€😀'))
const bytes = fc.uint8Array({ maxLength: 6 }).map((each) => new Uint8Array(each))
const streams = fc.record({
  chunks: fc.array(fc.oneof({ arbitrary: bytes, weight: 9 }, fc.constant('no bytes')), { maxLength: 3 }),
  ends: fc.constantFrom('closed', 'closed', 'failed', 'open'),
})
/** Made anew for each kind. */
const bodies: fc.Arbitrary<(kind: Kind) => unknown> = fc.oneof(
  fc.constantFrom(null, undefined).map((none) => () => none),
  texts.map((text) => () => text),
  bytes.map((own) => () => own),
  bytes.map((own) => () => own.buffer),
  fc.webQueryParameters().map((query) => () => new URLSearchParams(query)),
  texts.map((text) => () => new Blob([text], { type: 'text/plain' })),
  streams.map(({ chunks, ends }) => ({ stream }: Kind) => {
    return stream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk)
        if (ends === 'closed') controller.close()
        if (ends === 'failed') controller.error(OWN)
      },
    })
  }),
)
// Node's throws at a status that does not exist, and at a body where none may be; the plain one does not.
const inits: fc.Arbitrary<Init | undefined> = fc.option(
  fc.record(
    {
      status: fc.integer({ min: 200, max: 599 }).filter((status) => ![204, 205, 304].includes(status)),
      statusText: fc.constantFrom('', 'OK'),
      headers: fc.dictionary(
        fc.constantFrom('content-type', 'Content-Type', 'x-a'),
        fc.constantFrom('application/json', 'a'),
      ),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined },
)

const look = (message: Request | Response) =>
  'ok' in message
    ? [
        message.ok,
        message.status,
        message.statusText,
        [...message.headers],
        message.type,
        message.url,
        message.redirected,
      ]
    : []

describe('plain responses', () => {
  hearUnhandledRejections()

  it('are read as Node’s own, whatever they were made of', async () => {
    const alike = fc.asyncProperty(bodies, inits, DEEDS, async (body, init, deeds) => {
      const plain = await seen(PLAIN.make(body(PLAIN), init), deeds, look)
      expect(plain).toEqual(await seen(NODE.make(body(NODE), init), deeds, look))
    })
    await fc.assert(alike, CASES)
  })

  it('are made of JSON as Node’s own', async () => {
    const alike = fc.asyncProperty(fc.jsonValue(), inits, DEEDS, async (value, init, deeds) => {
      const plain = await seen(PlainResponse.json(value, init), deeds, look)
      expect(plain).toEqual(await seen(Response.json(value, init), deeds, look))
    })
    await fc.assert(alike, CASES)
  })

  it.each([204, 205, 304])('carry nothing with status %i', async (status) => {
    const deeds = [
      { do: 'look at body', at: 0 },
      { do: 'text', at: 0 },
      { do: 'text', at: 0 },
    ] as const
    const plain = await seen(new PlainResponse(null, { status }), deeds, look)
    expect(plain).toEqual(await seen(new Response(null, { status }), deeds, look))
  })
})
