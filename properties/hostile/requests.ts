// Whole requests: hostile bodies under sound heads, small ones under hostile heads, other methods, and bad framing.
import fc from 'fast-check'
import { badFraming } from './bad-framing.ts'
import { bodies } from './bodies.ts'
import { harmlessHeads, refusedHeads, soundHead } from './headers.ts'
import { type HostileRequest, http, told } from './request.ts'

const framings = fc.constantFrom('length' as const, 'length' as const, 'chunked' as const)

const posted = fc
  .tuple(harmlessHeads, bodies, framings)
  .map(([head, { bytes: body, effects }, framing]): HostileRequest => {
    return { bytes: http({ ...head, body, framing }), effects, answer: 'whole' }
  })

// Whoever refuses a head may close at once, and a client that is still sending then loses the answer: with a small body
// it is not.
const smallBodies = bodies.filter(({ bytes }) => bytes.length < 8_192)

const refused = fc
  .tuple(refusedHeads, smallBodies, framings)
  .map(([head, { bytes: body }, framing]): HostileRequest => {
    return { bytes: http({ ...head, body, framing }), effects: [], answer: 'whole' }
  })

const STREAMS = ['GET /mcp HTTP/1.1', 'HEAD /mcp HTTP/1.1', 'GET /health HTTP/1.1', 'HEAD / HTTP/1.1'].map((line) => ({
  ...soundHead,
  line,
}))

/** With a body too, which a GET need not have but may. */
const got = fc
  .tuple(fc.constantFrom(...STREAMS), fc.constantFrom('', 'x', '{}'))
  .map(([head, text]): HostileRequest => {
    const body = Buffer.from(text)
    return { bytes: http({ ...head, body, framing: 'length' }), effects: [], answer: 'stream' }
  })

/** Of a session that nobody has, or in a version that nobody speaks. */
const deletions = refusedHeads.map((head): HostileRequest => {
  const line = head.line.replace(/^POST /, 'DELETE ')
  const headers = [...head.headers, ['MCP-Protocol-Version', 'none'] as const]
  return { bytes: http({ line, headers, body: Buffer.alloc(0), framing: 'length' }), effects: [], answer: 'whole' }
})

export const hostileRequests: fc.Arbitrary<HostileRequest> = fc
  .oneof(
    { weight: 12, arbitrary: posted },
    { weight: 5, arbitrary: refused },
    { weight: 1, arbitrary: got },
    { weight: 1, arbitrary: deletions },
    { weight: 3, arbitrary: badFraming },
  )
  .map(told)
