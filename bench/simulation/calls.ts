// Calls a second in a healthy simulated world: the resilient client over balancer, server, ioredis and scripts.
import '../../fault/sim/web/preload.ts'
import { ResilientClient } from '../../client/index.ts'
import { startStack } from '../../fault/index.ts'
import { told } from './measured.ts'

const stack = await startStack({ tier: 'sim' })
await stack.run(async () => {
  await stack.heal()
  const { endpoint, fetch, clock } = stack
  const client = new ResilientClient(endpoint, { clientInfo: { name: 'bench', version: '0' }, fetch, clock })
  await client.connect()
  await told({
    increment_counter: () => client.callTool({ name: 'increment_counter' }),
    get_counter: () => client.callTool({ name: 'get_counter' }),
    ping: () => client.ping(),
  })
  await client.close()
})
await stack.close()
