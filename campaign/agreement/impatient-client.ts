// The resilient client with a deadline of half a TTL. By its own, 0.83 of one, state that a call through dead links has
// left alone could expire or not by the time that it is read again.
import type { OpenClient } from '../../properties/client-under-test.ts'
import { resilientClient } from '../../properties/resilient.ts'

export const DEADLINE_MS = 1_500

export const open: OpenClient = (settings) => resilientClient(settings, { deadlineMs: DEADLINE_MS })
