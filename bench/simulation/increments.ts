// Nothing but increments in a healthy simulated world, for as long as a profile of them takes.
import '../../fault/sim/web/preload.ts'
import { inHealthyWorld } from './healthy-world.ts'

/** The real one, whatever becomes of the globals. */
const now = performance.now.bind(performance)

const FOR_MS = 12_000

await inHealthyWorld(async (client) => {
  const began = now()
  while (now() - began < FOR_MS) await client.callTool({ name: 'increment_counter' })
})
process.stdout.write('{}\n')
