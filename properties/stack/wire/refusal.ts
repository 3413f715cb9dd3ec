// How a refusal reads, whatever was refused: JSON-RPC's error, and never a page of HTML.
import { expect } from 'vitest'
import type { Reply } from './reply.ts'

/** Fails where that answer is anything but a refusal with that status. */
export async function expectRefusal(reply: Reply, status: number): Promise<void> {
  expect(reply.status).toBe(status)
  expect(reply.headers['content-type']).toBe('application/json')
  expect(await reply.json()).toMatchObject({
    jsonrpc: '2.0',
    error: { code: expect.any(Number), message: expect.stringMatching(/./) },
    id: null,
  })
}
