// Each fault of the link to an instance, behind the balancer: none of them is a reason to send a call again.
import { expect, it } from 'vitest'
import { haproxyVariant } from '../../specimens/variant.ts'
import { describeWithTools } from '../process/needs-tools.ts'
import type { Link } from '../stack.ts'
import { onBothTiers } from './both-tiers.ts'
import { instanceOf } from './events.ts'
import { RARELY_CHECKED } from './lines.ts'
import { type Answer, open } from './session.ts'
import { counter, incrementUnder } from './under-fault.ts'

describeWithTools('a link to an instance', () => {
  const agreed = onBothTiers({ haproxyFile: haproxyVariant(RARELY_CHECKED) })
  const FAULTS: [string, (link: Link) => Promise<unknown>, Answer | 'silence', Answer, number][] = [
    ['cut', (link) => link.cut(), 'silence', 'closed', 0],
    ['replies dropped', (link) => link.dropReplies(), 'silence', 'closed', 1],
    ['replies dropped and closed', (link) => link.dropReplies({ closeAfterMs: 20 }), 'closed', 'closed', 1],
    ['replies held', (link) => link.holdReplies(), 'silence', counter(1), 1],
  ]

  it.each(FAULTS)('with its %s is no reason for another try', async (_, fault, before, after, executed) => {
    const seen = await agreed(async (stack) => {
      const session = await open(stack)
      const { fromBalancer } = instanceOf(stack, session.instance)
      return incrementUnder(stack, session, fromBalancer, () => fault(fromBalancer))
    })
    expect(seen).toEqual({ before, after, executed: counter(executed) })
  })
})
