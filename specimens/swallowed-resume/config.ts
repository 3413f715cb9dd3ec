// A resume that failed is taken for done: the client overwrites the old id with that of a session without the state.
import type { FailproofConfig } from '../../campaign/config.ts'

const config: FailproofConfig = { client: './client.ts' }

export default config
