// Where an instance's own processor time goes, by the package that spends it. The server runs from its sources here:
// compiled into one file it would have no packages.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startProcessStack } from '../fault/process/start.ts'
import { RawConnection } from './raw-connection.ts'
import { spentBy } from './spent-by.ts'
import { rounded, type Table } from './table.ts'

const SESSIONS = 8
/** The profile has no switch: what is spent on starting and on code that is still cold is cut from its front. */
const COLD_MS = 8_000
const MEASURED_MS = 12_000
const SERVER = fileURLToPath(new URL('../server/main.ts', import.meta.url))

export async function benchProfile(): Promise<Table[]> {
  const folder = await mkdtemp(join(tmpdir(), 'profile-'))
  try {
    const calls = await callUnderProfile(folder)
    const [file = ''] = await readdir(folder)
    const spent = spentBy(await readFile(join(folder, file), 'utf8'), MEASURED_MS, () => 'this server')
    const all = [...spent.values()].reduce((sum, us) => sum + us, 0)
    const rows = [...spent]
      .toSorted(([, one], [, other]) => other - one)
      .map(([who, us]) => ({
        'spent by': who,
        share: `${rounded((100 * us) / all, 1)} %`,
        'us a call': rounded(us / calls, 1),
      }))
    return [{ title: `One instance under ${SESSIONS} sessions of plain HTTP, ${calls} calls`, rows }]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Answers how many calls were made in the part of the profile that counts. */
async function callUnderProfile(folder: string): Promise<number> {
  const args = ['--cpu-prof', '--cpu-prof-dir', folder, '--import', 'tsx', SERVER]
  const stack = await startProcessStack({ ttlMs: 1_800_000, links: 'direct', backends: 1, backend: { args } })
  try {
    const began = performance.now()
    let calls = 0
    const call = async () => {
      const connection = new RawConnection(stack.endpoint)
      const session = await connection.open()
      for (let now = began; now - began < COLD_MS + MEASURED_MS; now = performance.now()) {
        await connection.call(session, 'increment_counter')
        if (now - began > COLD_MS) calls += 1
      }
      connection.close()
    }
    await Promise.all(Array.from({ length: SESSIONS }, call))
    await Promise.all(stack.backends.map((backend) => backend.stop()))
    return calls
  } finally {
    await stack.close()
  }
}
