// Only writes slide the deadline: a session that is read all the time expires under its reader.
import type { FailproofConfig } from '../../campaign/config.ts'

const config: FailproofConfig = { store: './store.ts' }

export default config
