// The two long calls: what they tell while they run, and that it comes through the balancer when it happens.
import { describe, expect } from 'vitest'
import { clientsOn, join } from './clients.ts'
import { describeOnTiers } from './on-tiers.ts'
import { readSummary } from './stack-client.ts'

describeOnTiers('through the balancer', { ttlMs: 3_000 }, ({ tier, it }) => {
  describe.each(clientsOn(tier))('by $kind', ({ open }) => {
    it('analyze_data tells each step in order, and its result is in the summary', async (stack) => {
      const session = await open(stack)
      const { instance } = (await session.call('get_counter')).value
      const { value, heard } = await session.call('analyze_data', { num_items: 2 })
      expect(heard).toEqual([
        `info: Starting analysis of 2 items on ${instance}`,
        'debug: Phase 1: Input validation',
        '0 of 2: Validating input data',
        '1 of 2: Processing item 1/2',
        'debug: Processing item 1',
        '2 of 2: Processing item 2/2',
        'debug: Processing item 2',
        'info: Aggregating results',
        'info: Analysis complete: processed 2 items, total score=4.5',
      ])
      expect(value).toEqual({ items_processed: 2, total_score: 4.5, instance })
      expect(await readSummary(session, session.sessionId)).toEqual({
        session_id: session.sessionId,
        counter: 0,
        notes: [],
        analysis_result: { total_score: 4.5, items_processed: 2 },
        instance,
      })
    })

    it('the first step of analyze_data is heard long before the last', async (stack) => {
      const session = await open(stack)
      let first = Number.POSITIVE_INFINITY
      await session.call('analyze_data', { num_items: 4 }, () => {
        first = Math.min(first, performance.now())
      })
      // Of its 2 s: a balancer that keeps a stream back until it ends lets all be heard at once.
      expect(performance.now() - first).toBeGreaterThan(1_000)
    })

    it("watch_counter sees the increments of its session's other connection", async (stack) => {
      const watching = await open(stack)
      const other = join(stack, watching)
      const increments: Promise<unknown>[] = []
      const { value, heard } = await watching.call('watch_counter', { duration_seconds: 3 }, (line) => {
        const isTurn = /current: 0|0 -> 1/.test(line)
        if (isTurn) increments.push(other.call('increment_counter'))
      })
      await Promise.all(increments)
      expect(heard.filter((line) => line.startsWith('info'))).toEqual([
        'info: Watching counter for 3s (current: 0)',
        'info: Counter changed: 0 -> 1',
        'info: Counter changed: 1 -> 2',
        'info: Watch complete. 2 change(s) detected.',
      ])
      expect(heard.filter((line) => !line.startsWith('info'))).toEqual(
        [0, 0.5, 1, 1.5, 2, 2.5, 3].map((elapsed) => `${elapsed} of 3: Watching...`),
      )
      // How many looks an increment takes is up to the machine; that each comes after the one before is not.
      const looks = [0.5, 1, 1.5, 2, 2.5, 3]
      expect(value).toEqual({
        changes: [
          { from: 0, to: 1, at: expect.toBeOneOf(looks) },
          { from: 1, to: 2, at: expect.toBeOneOf(looks.slice(1)) },
        ],
        total_changes: 2,
        instance: (await other.call('get_counter')).value.instance,
      })
    })
  })
})
