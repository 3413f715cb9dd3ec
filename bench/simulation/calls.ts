// Calls a second in a healthy simulated world: the resilient client over balancer, server, ioredis and scripts.
import '../../fault/sim/web/preload.ts'
import { inHealthyWorld } from './healthy-world.ts'
import { told } from './measured.ts'

await inHealthyWorld((client) =>
  told({
    increment_counter: () => client.callTool({ name: 'increment_counter' }),
    get_counter: () => client.callTool({ name: 'get_counter' }),
    ping: () => client.ping(),
  }),
)
