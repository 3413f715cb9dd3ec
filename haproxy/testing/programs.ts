// The HAProxy programs that the balancer's file is tested on: the one that stacks are started with, and HAProxy 3 beside
// it where there is one.
import { describe } from 'vitest'
import { describeWithTools } from '../../fault/process/needs-tools.ts'
import { toolPaths } from '../../fault/process/tools.ts'
import { haproxy3 } from './haproxy-3.ts'

/** `describe` for tests of the balancer's file, once for each HAProxy; they ask for its path when they run. */
export function describeOnEachHaproxy(title: string, tests: (path: () => string) => void): void {
  describeWithTools(title, () => {
    describe('on the HAProxy of this machine', () => tests(() => toolPaths().haproxy))
    const path = haproxy3()
    if (path === undefined) describe.skip('on HAProxy 3 (needs .ci/install-haproxy-3)', () => tests(() => 'haproxy-3'))
    else describe('on HAProxy 3', () => tests(() => path))
  })
}
