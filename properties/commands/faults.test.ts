// Faults on a simulated stack: what each leaves in the history, and in words.
import { expect, it } from 'vitest'
import { targetOf } from '../../campaign/settings.ts'
import { runSimulated } from '../../campaign/simulated-run.ts'
import type { Command } from '../trace.ts'
import { describeCommand } from './describe.ts'

const restart: Command = { balancer: 'restart' }

it('a restart of the balancer is done, and noted when it was asked for and in force', async () => {
  const run = await runSimulated(
    {
      format: 1,
      topology: { backends: 3, clients: 1 },
      settings: { ttlMs: 3_000 },
      commands: [{ open: { client: 0 } }, { increment: { client: 0 } }, restart, { increment: { client: 0 } }],
    },
    await targetOf({ stack: 'sim', idempotencyKeys: true }),
  )
  expect(run.finding).toBeUndefined()
  expect(run.history.filter(({ type }) => type === 'fault')).toMatchObject([
    { fault: 'balancer', target: 'restart', phase: 'asked' },
    { fault: 'balancer', target: 'restart', phase: 'inForce' },
  ])
  expect(run.done[2]).toEqual({ hit: 'restart' })
})

it('a restart of the balancer is told in words', () => {
  expect(describeCommand(restart)).toBe('restart the balancer')
})
