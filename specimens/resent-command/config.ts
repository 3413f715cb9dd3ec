// ioredis as it comes sends a command again whose reply was lost: a write runs twice, where no idempotency key stops it.
import type { FailproofConfig } from '../../campaign/config.ts'

const config: FailproofConfig = { store: './store.ts', idempotencyKeys: false }

export default config
