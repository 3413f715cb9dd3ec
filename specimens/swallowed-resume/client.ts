import { PROTOCOL_RULES } from '../../client/index.ts'
import type { OpenClient } from '../../properties/client-under-test.ts'
import { resilientClient } from '../../properties/resilient.ts'

export const open: OpenClient = (settings) =>
  resilientClient(settings, { rules: { ...PROTOCOL_RULES, afterResume: () => 'confirm' } })
