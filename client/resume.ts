// One automatic `resume_session`: what is sent, and what its reply says. What follows from it is lineage.ts's business.
import { z } from 'zod'
import { CALL_KEY_META, type CallKey } from '../wire/call-key.ts'
import type { Link } from './link.ts'
import { endedOrStopped, type Patience } from './opening.ts'
import type { ResumeReply } from './rules.ts'
import type { Session } from './session.ts'

export interface Resume {
  readonly from: Session
  readonly to: Session
  readonly key: CallKey | undefined
}

export interface ResumeEnd extends Omit<ResumeReply, 'sent'> {
  readonly keysCopied: number
  readonly reason: string
}

const Copied = z.object({ status: z.literal('resumed'), keys_copied: z.int().nonnegative() })
const Reply = z.object({ structuredContent: Copied })

export async function sendResume(link: Link, { from, to, key }: Resume, patience: Patience): Promise<ResumeEnd> {
  const sent = link.send({ session: to, silenceMs: patience.silenceMs }, (client, options) =>
    client.callTool(
      {
        name: 'resume_session',
        arguments: { old_session_id: from.id },
        ...(key && { _meta: { [CALL_KEY_META]: key } }),
      },
      undefined,
      options,
    ),
  )
  const end = await endedOrStopped(sent.exchange, patience.stop)
  if (end.kind === 'failed') return { outcome: end.outcome, code: end.code, keysCopied: 0, reason: end.reason }
  if (end.outcome !== 'ok') return { outcome: end.outcome, code: undefined, keysCopied: 0, reason: end.reason }
  const reply = Reply.safeParse(await sent.value.catch(() => undefined))
  if (!reply.success)
    return { outcome: 'unknown', code: undefined, keysCopied: 0, reason: 'the reply confirms nothing' }
  const keysCopied = reply.data.structuredContent.keys_copied
  return { outcome: 'ok', code: undefined, keysCopied, reason: 'resumed' }
}
