// A reply of the old session is accepted after the resume from it was sent: the caller sees ok, the new session lacks it.
import type { FailproofConfig } from '../../campaign/config.ts'

const config: FailproofConfig = { client: './client.ts' }

export default config
