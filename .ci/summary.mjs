// Prints the last line of a run, `N passed, N failed`, from vitest's JSON report. Fails where a test failed, where none
// ran, and where there is no report because something before the tests went wrong.
import { readFileSync } from 'node:fs'

const [file, status] = process.argv.slice(2)

function counts() {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'))
    // A file that could not be loaded has no tests that could have failed.
    const unloaded = testResults.filter((each) => each.status === 'failed' && each.assertionResults.length === 0).length
    return { passed: numPassedTests, failed: numFailedTests + unloaded }
  } catch {
    return { passed: 0, failed: 0 }
  }
}

const { passed, failed } = counts()
if (passed + failed === 0) console.error('no test ran')
else if (failed === 0 && status !== '0') console.error(`all tests passed, and yet the run failed with status ${status}`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(passed > 0 && failed === 0 ? Number(status) : 1)
