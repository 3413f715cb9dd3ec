// The stack that both tiers are compared on: ours, with clients that give up early. See it by
// `npm run failproof -- replay campaign/agreement/traces/NAME.json --config campaign/agreement/config.ts`.
import type { FailproofConfig } from '../config.ts'

const config: FailproofConfig = { client: './impatient-client.ts' }

export default config
