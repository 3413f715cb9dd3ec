// The simulated Redis answers as the real one does, byte for byte: the same requests go to both.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithRedis } from '../../../server/store/test-redis.ts'
import { SimulatedRedis } from './simulated-redis.ts'
import { connectRealRedis, type RealRedis, requestBytes } from './test-real-redis.ts'
import { type Step, sequences } from './test-sequences.ts'

const environment: { readonly REDIS_SEQUENCES?: string; readonly REDIS_SEED?: string } = process.env
const SEQUENCES = Number(environment.REDIS_SEQUENCES ?? 300)
const SEED = Number(environment.REDIS_SEED ?? 20261123)

const REFUSED = {
  full: { on: ['CONFIG', 'SET', 'maxmemory', '1'], off: ['CONFIG', 'SET', 'maxmemory', '0'] },
  'read-only': { on: ['REPLICAOF', '127.0.0.1', '1'], off: ['REPLICAOF', 'NO', 'ONE'] },
} as const

/** As a real Redis is told it. */
function spelt(step: Step): readonly string[] {
  return 'send' in step ? step.send : REFUSED[step.refuse][step.switched]
}

/** What may differ: the moment, to the microsecond, what is left of a far deadline, the connection's number,
 * and that a Redis which was told to follow another is told so again. */
function comparable(reply: string): string {
  return reply
    .replace(/(?<!\d)1[789]\d{14}(?!\d)/g, '<a microsecond>')
    .replace(/:(?:49|50|89|90)\d{5}\r\n/g, ':<far>\r\n')
    .replace(/^\+OK Already connected to specified master/, '+OK')
    .replace(/(\$2\r\nid\r\n):\d+/, '$1:<number>')
}

function askSimulated(steps: readonly Step[], protocol: string): readonly string[] {
  const redis = new SimulatedRedis({ now: Date.now })
  const session = redis.connect()
  session.receive(requestBytes(['HELLO', protocol]))
  return steps.map((step) => {
    if ('send' in step) return Buffer.concat(session.receive(requestBytes(step.send))).toString('latin1')
    redis.refuse(step.refuse, step.switched)
    return '+OK\r\n'
  })
}

describeWithRedis('simulated and real Redis', (redis) => {
  let real: RealRedis

  beforeAll(async () => {
    real = await connectRealRedis(redis().port)
    // Beyond these a real hash forgets the order of its fields, which nobody may rely on.
    await real.ask([['CONFIG', 'SET', 'hash-max-listpack-value', '100000', 'hash-max-listpack-entries', '10000']])
  })
  afterAll(() => real.close())

  async function askReal(steps: readonly Step[], protocol: string): Promise<readonly string[]> {
    const clean = [
      REFUSED.full.off,
      REFUSED['read-only'].off,
      ['RESET'],
      ['FLUSHALL'],
      ['SCRIPT', 'FLUSH'],
      ['HELLO', protocol],
    ]
    const answers = await real.ask([...clean, ...steps.map(spelt)])
    return answers.slice(clean.length)
  }

  it.each(['2', '3'])('answer alike in version %s of the protocol', { timeout: 3_600_000 }, async (protocol) => {
    const alike = fc.asyncProperty(sequences, async (steps) => {
      const expected = (await askReal(steps, protocol)).map(comparable)
      expect(askSimulated(steps, protocol).map(comparable)).toEqual(expected)
    })
    await fc.assert(alike, { seed: SEED, numRuns: SEQUENCES })
  })
})
