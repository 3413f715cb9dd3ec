// Each planted bug breaks a promise on its shortest trace, and the true stack keeps all of them on the same one.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Lane } from '../campaign/lane.ts'
import { targetOf } from '../campaign/settings.ts'
import { describeWithTools } from '../fault/process/needs-tools.ts'
import { parseTrace } from '../properties/trace.ts'
import { SPECIMENS } from './all.ts'

const never = new AbortController().signal

function traceOf(specimen: string) {
  const file = join(import.meta.dirname, specimen, 'trace.json')
  return parseTrace(readFileSync(file, 'utf8'), file)
}

describeWithTools('planted bugs', () => {
  let trueStack: Lane
  beforeAll(async () => {
    trueStack = await Lane.open(await targetOf({ idempotencyKeys: true }), never)
  })
  afterAll(() => trueStack.close())

  describe.each(SPECIMENS)('%s', (specimen) => {
    it('breaks a promise on its trace', async () => {
      const config = join(import.meta.dirname, specimen, 'config.ts')
      const lane = await Lane.open(await targetOf({ config, idempotencyKeys: true }), never)
      try {
        expect(await lane.run(traceOf(specimen))).toMatchObject({ finding: { property: expect.any(String) } })
      } finally {
        await lane.close()
      }
    })

    it('is not in the true stack, on the same trace', async () => {
      const { finding, decided } = await trueStack.run(traceOf(specimen))
      expect(finding).toBeUndefined()
      expect(decided).toBe('decided')
    })
  })
})

it('each has its row in the track record', () => {
  const record = readFileSync(join(import.meta.dirname, '../docs/track-record.md'), 'utf8')
  for (const specimen of SPECIMENS) expect(record).toContain(`specimens/${specimen}/config.ts`)
})
