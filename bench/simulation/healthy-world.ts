// A simulated world in which everything is well, and a client in it.
import { ResilientClient } from '../../client/index.ts'
import { startStack } from '../../fault/index.ts'

export async function inHealthyWorld(main: (client: ResilientClient) => Promise<void>): Promise<void> {
  const stack = await startStack({ tier: 'sim' })
  await stack.run(async () => {
    await stack.heal()
    const { endpoint, fetch, clock } = stack
    const client = new ResilientClient(endpoint, { clientInfo: { name: 'bench', version: '0' }, fetch, clock })
    await client.connect()
    await main(client)
    await client.close()
  })
  await stack.close()
}
