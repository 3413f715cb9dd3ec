// The balancer replays whatever it deems retryable, a POST too: an instance executes a call and dies, and another, which
// does not hold the session, answers 404. The client takes that for "not executed", and repeats the call.
import type { FailproofConfig } from '../../campaign/config.ts'
import { haproxyVariant } from '../variant.ts'

const config: FailproofConfig = {
  haproxy: haproxyVariant({
    'retry-on conn-failure': 'retry-on all-retryable-errors',
    'option redispatch 1': 'option redispatch',
  }),
  idempotencyKeys: false,
}

export default config
