// The simulated Redis answers as the real one does, byte for byte: the same requests go to both.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { COMMANDS } from './commands/all.ts'
import { NOT_SIMULATED } from './commands/not-simulated.ts'
import { SimulatedRedis } from './simulated-redis.ts'
import { luaScripts } from './test-lua-scripts.ts'
import { patternSequences } from './test-patterns.ts'
import { bulksIn, connectRealRedis, type RealRedis, requestBytes } from './test-real-redis.ts'
import { describeOnRedis70 } from './test-redis-7-0.ts'
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
 * that a Redis which was told to follow another is told so again, and the order of keys. */
function comparable(reply: string, step: Step | undefined): string {
  const isListing = step !== undefined && 'send' in step && step.send[0] === 'KEYS' && reply.startsWith('*')
  return (isListing ? bulksIn(reply).toSorted().join() : reply)
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

describeOnRedis70('simulated and real Redis', (redis) => {
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

  function alike(drawn: fc.Arbitrary<readonly Step[]>, protocol: string): fc.IAsyncProperty<[readonly Step[]]> {
    return fc.asyncProperty(drawn, async (steps) => {
      const expected = (await askReal(steps, protocol)).map((reply, at) => comparable(reply, steps[at]))
      const answered = askSimulated(steps, protocol).map((reply, at) => comparable(reply, steps[at]))
      expect(answered).toEqual(expected)
    })
  }

  it.each(['2', '3'])('answer alike in version %s of the protocol', { timeout: 3_600_000 }, async (protocol) => {
    await fc.assert(alike(sequences, protocol), { seed: SEED, numRuns: SEQUENCES })
  })

  it('list the same keys for the same patterns', { timeout: 3_600_000 }, async () => {
    await fc.assert(alike(patternSequences, '3'), { seed: SEED, numRuns: SEQUENCES })
  })

  it.each(luaScripts)('answer alike to the script: %s', async (script) => {
    const steps = [{ send: ['EVAL', script, '1', 'k', 'v'] }]
    expect(askSimulated(steps, '3')).toEqual(await askReal(steps, '3'))
  })

  it('know the same commands, simulated or not', async () => {
    const [listed = ''] = await real.ask([['COMMAND', 'LIST']])
    const simulated = [...COMMANDS].flatMap(([name, entry]) =>
      entry instanceof Map ? [name, ...Array.from(entry.keys(), (second) => `${name}|${second}`)] : [name],
    )
    const known = new Set([...simulated, ...Array.from(NOT_SIMULATED, (name) => name.replace(' ', '|'))])
    // Of a command that is not simulated at all, nothing is known of its second words.
    const isNamed = (name: string) => !name.includes('|') || COMMANDS.has(name.split('|')[0] ?? '')
    const real70 = bulksIn(listed).map((name) => name.toUpperCase())
    expect([...known].toSorted()).toEqual(real70.filter(isNamed).toSorted())
  })
})
