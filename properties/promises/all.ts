// All promises that a run is held to, safety first: what a first finding would only blur is not asked.
import { failover } from './failover.ts'
import { judged } from './judged.ts'
import { noCallHangs } from './no-call-hangs.ts'
import { noCrash } from './no-crash.ts'
import type { CheckPromise } from './promise.ts'
import { recovery } from './recovery.ts'
import { sticky } from './sticky.ts'

export const PROMISES: readonly CheckPromise[] = [judged, noCrash, noCallHangs, sticky, failover, recovery]
