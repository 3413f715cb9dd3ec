// Reads the idempotency key out of a request, and makes the digest that tells a key used for another call.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { CALL_KEY_META } from '../wire/call-key.ts'
import type { Once } from './store/contract.ts'

const callKey = z.object({
  client: z.string().regex(/^[0-9a-f]{32}$/i, 'expected a 128-bit id in hexadecimal'),
  seq: z.int().min(1),
  acknowledgedBelow: z.int().min(0),
})

/** The key was sent and makes no sense. */
export class BadCallKey extends Error {
  override readonly name = 'BadCallKey'
}

/** The call's key with its digest, or undefined where the client sent none. */
export function readOnce(
  meta: Readonly<Record<string, unknown>> | undefined,
  tool: string,
  args: unknown,
): Once | undefined {
  const sent = meta?.[CALL_KEY_META]
  if (sent === undefined) return undefined
  const parsed = callKey.safeParse(sent)
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'key'}: ${issue.message}`)
    throw new BadCallKey(`Invalid _meta["${CALL_KEY_META}"]: ${faults.join('; ')}`)
  }
  return { ...parsed.data, digest: digest([tool, args]) }
}

/** SHA-256 of the value's JSON with sorted keys, so that the order of arguments makes no difference. */
function digest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64url')
}

/** JSON with the keys of every object sorted. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
