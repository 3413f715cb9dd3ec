// Each fault of the link of the clients as a call over it sees it.
import { expect, it } from 'vitest'
import { haproxyVariant } from '../../specimens/variant.ts'
import { describeWithTools } from '../process/needs-tools.ts'
import type { Delay, Link } from '../stack.ts'
import { onBothTiers } from './both-tiers.ts'
import { clientLink, nextWrite, timed } from './events.ts'
import { RARELY_CHECKED } from './lines.ts'
import { open } from './session.ts'
import { afterSilence, counter, incrementUnder } from './under-fault.ts'

describeWithTools('a link of its clients', () => {
  // A stream without keep-alives says nothing while nothing happens.
  const agreed = onBothTiers({ haproxyFile: haproxyVariant(RARELY_CHECKED), timers: { keepAliveMs: 60_000 } })

  it('that is cut accepts and stays silent, and closes when it is healed; nothing has arrived', async () => {
    const seen = await agreed(async (stack) => {
      const session = await open(stack)
      const link = clientLink(stack)
      await link.cut()
      const connected = [session.call('increment_counter'), session.call('increment_counter')]
      const whileCut = await afterSilence(stack, Promise.race(connected))
      await link.heal()
      return { whileCut, after: await Promise.all(connected), executed: await session.call('get_counter') }
    })
    expect(seen).toEqual({ whileCut: 'silence', after: ['closed', 'closed'], executed: counter(0) })
  })

  it.each<[string, (link: Link) => Promise<void>]>([
    ['was cut', (link) => link.cut()],
    ['dropped replies', (link) => link.dropReplies()],
  ])('that %s closes a stream on which nothing was said meanwhile', async (_, fault) => {
    const seen = await agreed(async (stack) => {
      const session = await open(stack)
      const { answer } = await session.begin('watch_counter', { duration_seconds: 1 })
      await stack.clock.sleep(50)
      await fault(clientLink(stack))
      await clientLink(stack).heal()
      return answer
    })
    expect(seen).toBe('closed')
  })

  it('that is reset closes a call, which its instance gives up, and takes new ones', async () => {
    const seen = await agreed(async (stack) => {
      const session = await open(stack)
      const { answer } = await session.begin('analyze_data', { num_items: 0 })
      await clientLink(stack).reset()
      const ended = await answer
      const next = await session.call('increment_counter')
      // Longer than the call would have been.
      await stack.clock.sleep(1_000)
      const other = await open(stack)
      return { ended, next, kept: await other.call('resume_session', { old_session_id: session.id }) }
    })
    expect(seen).toMatchObject({ ended: 'closed', next: counter(1), kept: { said: { keys_copied: 1 } } })
  })

  it('that drops replies lets requests through, and closes when it is healed', async () => {
    const seen = await agreed(async (stack) => {
      const link = clientLink(stack)
      return incrementUnder(stack, await open(stack), link, () => link.dropReplies())
    })
    expect(seen).toEqual({ before: 'silence', after: 'closed', executed: counter(1) })
  })

  it('that drops replies and closes does so where an answer was due, and lets a silent stream be', async () => {
    const seen = await agreed(async (stack) => {
      const session = await open(stack)
      const { answer } = await session.begin('analyze_data', { num_items: 1 })
      await stack.clock.sleep(50)
      const link = clientLink(stack)
      const seen = await incrementUnder(stack, session, link, () => link.dropReplies({ closeAfterMs: 20 }))
      return { ...seen, stream: await answer }
    })
    const stream = { by: 'its own', said: { items_processed: 1, total_score: 1.5 } }
    expect(seen).toEqual({ before: 'closed', after: 'closed', executed: counter(1), stream })
  })

  it('that holds replies lets them go in order and whole', async () => {
    const seen = await agreed(async (stack) => {
      const session = await open(stack)
      const letGo = await clientLink(stack).holdReplies()
      const { written } = await nextWrite(stack)
      const call = session.listen('analyze_data', { num_items: 0 })
      await written
      const held = await afterSilence(stack, call)
      await letGo()
      return { held, ...(await call) }
    })
    expect(seen).toEqual({
      held: 'silence',
      answer: { by: 'its own', said: { items_processed: 0, total_score: 0 } },
      log: [
        expect.stringMatching(/^Starting analysis of 0 items on mcp-server-\d$/),
        'Phase 1: Input validation',
        'Aggregating results',
        'Analysis complete: processed 0 items, total score=0',
      ],
    })
  })

  it.each<[string, (link: Link, delay: Delay) => Promise<unknown>, number]>([
    ['is delayed delays both ways', (link, delay) => link.delay(delay), 2],
    ['holds replies for a while delays one way', (link, { ms }) => link.holdReplies(ms), 1],
  ])('that %s', async (_, fault, ways) => {
    const ms = 500
    const seen = await agreed(async (stack) => {
      const session = await open(stack)
      await fault(clientLink(stack), { ms })
      const [answer, took] = await timed(stack, () => session.call('increment_counter'))
      return { answer, ways: Math.floor(took / ms) }
    })
    expect(seen).toEqual({ answer: counter(1), ways })
  })

  it.each([
    ['requests', 0],
    ['replies', 1],
  ] as const)('that truncates %s at once closes', async (direction, executed) => {
    const seen = await agreed(async (stack) => {
      const link = clientLink(stack)
      return incrementUnder(stack, await open(stack), link, () => link.truncate({ direction, afterBytes: 0 }))
    })
    expect(seen).toEqual({ before: 'closed', after: 'closed', executed: counter(executed) })
  })
})
