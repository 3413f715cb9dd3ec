// What a client sends is cut into requests as Redis cuts it, up to where it ends the connection.
import { expect, it } from 'vitest'
import { SimulatedRedis } from './simulated-redis.ts'
import { requestBytes } from './test-real-redis.ts'

it('reads requests however they are cut', () => {
  const all = Buffer.concat([requestBytes(['HSET', 'h', 'f', '\r\n$5\r\n\0\xff']), requestBytes(['HGET', 'h', 'f'])])
  for (let size = 1; size <= all.length; size++) {
    const session = new SimulatedRedis({ now: () => 0 }).connect()
    const replies: Buffer[] = []
    for (let at = 0; at < all.length; at += size) replies.push(...session.receive(all.subarray(at, at + size)))
    expect(Buffer.concat(replies).toString('latin1')).toBe(':1\r\n$8\r\n\r\n$5\r\n\0\xff\r\n')
  }
})

it.each([
  { sent: '*\r\n', why: 'invalid multibulk length' },
  { sent: '*1x\r\n', why: 'invalid multibulk length' },
  { sent: '*1048577\r\n', why: 'invalid multibulk length' },
  { sent: '*1\r\n$-1\r\n', why: 'invalid bulk length' },
  { sent: '*1\r\n:1\r\n', why: "expected '$', got ':'" },
])('ends a connection that sends no request: $sent', ({ sent, why }) => {
  const session = new SimulatedRedis({ now: () => 0 }).connect()
  expect(Buffer.concat(session.receive(Buffer.from(sent))).toString()).toBe(`-ERR Protocol error: ${why}\r\n`)
  expect(session.isOpen).toBe(false)
})

it('closes a connection that quits, when it has answered', () => {
  const session = new SimulatedRedis({ now: () => 0 }).connect()
  const replies = session.receive(Buffer.concat([['PING'], ['quit'], ['PING']].map(requestBytes)))
  expect(Buffer.concat(replies).toString()).toBe('+PONG\r\n+OK\r\n')
  expect(session.isOpen).toBe(false)
})
