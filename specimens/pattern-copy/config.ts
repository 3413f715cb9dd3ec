// The old session is looked for with KEYS, which takes its id for a pattern: resuming `*` gives somebody else's state.
import type { FailproofConfig } from '../../campaign/config.ts'

const config: FailproofConfig = { store: './store.ts' }

export default config
