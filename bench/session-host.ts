// One instance of the server in a process of its own that tells how much memory it holds: `npm run bench -- sessions`
// forks it with a collector that can be called.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp, RedisSessionStore } from '../server/index.ts'

const collect = globalThis.gc
if (collect === undefined) throw new Error('start this with --expose-gc')

/** Bytes that are in use after collection, those of buffers included. */
async function memory(): Promise<number> {
  for (let pass = 0; pass < 3; pass++) {
    await collect?.({ type: 'major', execution: 'async' })
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const { app } = createApp({ store: new RedisSessionStore({ url: process.env['REDIS_URL'] }) })
const server = createServer(app).listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (isAddressInfo(address)) process.send?.({ port: address.port })
})

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

process.on('message', async () => process.send?.({ bytes: await memory() }))
process.on('disconnect', () => process.exit(0))
