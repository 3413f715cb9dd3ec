// Before the tests: says which of them this machine cannot run, and what they need. In CI that is a failure, but for
// HAProxy 3, which cannot be had everywhere: the same tests run on the HAProxy that there is.
import { missingPython3 } from './examples/python-server/needs-python3.ts'
import { missingTools } from './fault/index.ts'
import { haproxy3 } from './haproxy/testing/haproxy-3.ts'
import { findPython } from './properties/stack/python/interpreter.ts'

export function setup(): void {
  const tools = missingTools().map(({ name, install }) => `needs ${name}: ${install}`)
  const python = findPython()
  const python3 = missingPython3()
  const missing = [
    ...section('the tests on real processes', tools),
    ...section("the tests by MCP's client for Python", python.kind === 'missing' ? [`needs ${python.needs}`] : []),
    ...section('the tests of the server in Python', python3 === undefined ? [] : [`needs ${python3}`]),
  ]
  if (haproxy3() === undefined)
    console.log('\nLeft out, the balancer on HAProxy 3: bash .ci/install-haproxy-3, or set HAPROXY_3\n')
  if (missing.length === 0) return
  const leftOut = `Left out, ${missing.join('\nand ')}`
  if (process.env['CI']) throw new Error(leftOut)
  console.log(`\n${leftOut}\n`)
}

function section(tests: string, needs: readonly string[]): string[] {
  return needs.length === 0 ? [] : [`${tests}:\n${needs.map((each) => `  ${each}`).join('\n')}`]
}
