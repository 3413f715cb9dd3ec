// Before the tests: says which of them this machine cannot run, and what they need. In CI that is a failure.
import { missingTools } from './fault/index.ts'

export function setup(): void {
  const missing = missingTools().map(({ name, install }) => `needs ${name}: ${install}`)
  if (missing.length === 0) return
  const leftOut = `Left out, the tests on real processes:\n${missing.map((each) => `  ${each}`).join('\n')}`
  if (process.env['CI']) throw new Error(leftOut)
  console.log(`\n${leftOut}\n`)
}
