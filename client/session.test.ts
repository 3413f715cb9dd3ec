// When a session is idle.
import { expect, test } from 'vitest'
import { PROTOCOL_RULES } from './rules.ts'
import { hold, status } from './testing/fake-tier.ts'
import { connected, increment } from './testing/harness.ts'

test('a session is DELETEd only when nothing is in flight on it', async () => {
  const rules = { ...PROTOCOL_RULES, replyCounts: () => true }
  const { tier, clock, client } = await connected({ rules })
  const slow = hold()
  tier.next('increment_counter', slow.fault)
  const call = increment(client, 'slow')
  tier.next('get_counter', status(503))
  await clock.until(client.callTool({ name: 'get_counter' }))
  await clock.settle()
  expect(tier.of('DELETE')).toEqual([])
  slow.release()
  await clock.until(call)
  await clock.settle()
  expect(tier.log.at(-1)).toBe('DELETE@s1')
})
