// A name server on this machine that gives one IPv4 address for every name, which a test may change: what a container
// runtime does when a container comes back elsewhere.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

/** RFC 1035: a header of 12 bytes, the name as labels that a zero ends, its type and class. */
const HEADER = 12
const TYPE_A = 1

function answer(query: Buffer, address: string): Buffer {
  const end = query.indexOf(0, HEADER) + 1
  const question = query.subarray(HEADER, end + 4)
  const header = Buffer.alloc(HEADER)
  query.copy(header, 0, 0, 2)
  header.writeUInt16BE(0x8180, 2)
  header.writeUInt16BE(1, 4)
  if (query.readUInt16BE(end) !== TYPE_A) return Buffer.concat([header, question])
  header.writeUInt16BE(1, 6)
  const record = [0xc0, HEADER, 0, TYPE_A, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split('.').map(Number)]
  return Buffer.concat([header, question, Buffer.from(record)])
}

/** Starts one, which ends with the test. Its `address` is what it answers. */
export async function startNameServer(address: string): Promise<{ address: string; readonly at: string }> {
  const socket = createSocket('udp4')
  onTestFinished(() => void socket.close())
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const server = { address, at: `127.0.0.1:${socket.address().port}` }
  socket.on('message', (query, from) => socket.send(answer(query, server.address), from.port, from.address))
  return server
}
