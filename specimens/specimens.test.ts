// Each planted bug breaks a promise on its shortest trace, and the true stack keeps all of them on the same one: simulated,
// and on real processes.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lane } from '../campaign/lane.ts'
import { targetOf } from '../campaign/settings.ts'
import { runSimulated } from '../campaign/simulated-run.ts'
import { openStackLane } from '../campaign/stack-lane.ts'
import { describeWithTools } from '../fault/process/needs-tools.ts'
import { parseTrace } from '../properties/trace.ts'
import { SPECIMENS } from './all.ts'

const never = new AbortController().signal

function traceOf(specimen: string) {
  const file = join(import.meta.dirname, specimen, 'trace.json')
  return parseTrace(readFileSync(file, 'utf8'), file)
}

const configOf = (specimen: string) => join(import.meta.dirname, specimen, 'config.ts')
const BROKEN = { finding: { property: expect.any(String) } }
const KEPT = { finding: undefined, decided: 'decided' }

describe.each(SPECIMENS)('%s, simulated', (specimen) => {
  it('breaks a promise on its trace', async () => {
    const target = await targetOf({ stack: 'sim', config: configOf(specimen), idempotencyKeys: true })
    expect(await runSimulated(traceOf(specimen), target)).toMatchObject(BROKEN)
  })

  it('is not in the true stack, on the same trace', async () => {
    const target = await targetOf({ stack: 'sim', idempotencyKeys: true })
    expect(await runSimulated(traceOf(specimen), target)).toMatchObject(KEPT)
  })
})

describeWithTools('planted bugs on real processes', () => {
  let trueStack: Lane
  beforeAll(async () => {
    trueStack = await openStackLane(await targetOf({ stack: 'process', idempotencyKeys: true }), never)
  })
  afterAll(() => trueStack.close())

  describe.each(SPECIMENS)('%s', (specimen) => {
    it('breaks a promise on its trace', async () => {
      const target = await targetOf({ stack: 'process', config: configOf(specimen), idempotencyKeys: true })
      const lane = await openStackLane(target, never)
      try {
        expect(await lane.run(traceOf(specimen))).toMatchObject(BROKEN)
      } finally {
        await lane.close()
      }
    })

    it('is not in the true stack, on the same trace', async () => {
      expect(await trueStack.run(traceOf(specimen))).toMatchObject(KEPT)
    })
  })
})

it('each has its row in the track record', () => {
  const record = readFileSync(join(import.meta.dirname, '../docs/track-record.md'), 'utf8')
  for (const specimen of SPECIMENS) expect(record).toContain(`specimens/${specimen}/config.ts`)
})
