// Where an instance's own processor time goes, by the package that spends it. The server runs from its sources here:
// compiled into one file it would have no packages.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { startProcessStack } from '../fault/process/start.ts'
import { RawConnection } from './raw-connection.ts'
import { rounded, type Table } from './table.ts'

const SESSIONS = 8
/** The profile has no switch: what is spent on starting and on code that is still cold is cut from its front. */
const COLD_MS = 8_000
const MEASURED_MS = 12_000
const SERVER = fileURLToPath(new URL('../server/main.ts', import.meta.url))

const profile = z.object({
  nodes: z.array(z.object({ id: z.number(), callFrame: z.object({ functionName: z.string(), url: z.string() }) })),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
})

export async function benchProfile(): Promise<Table[]> {
  const folder = await mkdtemp(join(tmpdir(), 'profile-'))
  try {
    const calls = await callUnderProfile(folder)
    const [file = ''] = await readdir(folder)
    const spent = spentBy(profile.parse(JSON.parse(await readFile(join(folder, file), 'utf8'))))
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

/** Microseconds by who spent them, over the last part of the profile in which calls were made. */
function spentBy({ nodes, samples, timeDeltas }: z.infer<typeof profile>): Map<string, number> {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const spent = new Map<string, number>()
  let left = timeDeltas.reduce((sum, us) => sum + us, 0)
  samples.forEach((id, at) => {
    const us = timeDeltas[at] ?? 0
    left -= us
    const frame = frames.get(id)
    if (frame === undefined || frame.functionName === '(idle)' || left > MEASURED_MS * 1_000) return
    const who = spender(frame)
    spent.set(who, (spent.get(who) ?? 0) + us)
  })
  return spent
}

const WEB = /undici|webstreams|abort_controller|event_target|js_transferable|internal\/url|encoding/

function spender({ functionName, url }: { readonly functionName: string; readonly url: string }): string {
  if (functionName === '(garbage collector)') return 'garbage collection'
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
  if (name !== undefined) return name
  if (url.startsWith('node:'))
    return WEB.test(url) ? 'Node: Request, Response, streams, signals' : 'Node: http, net and the rest'
  if (url.startsWith('file:')) return 'this server'
  return /^(write|writev|read|shutdown)/i.test(functionName) ? 'system calls that write' : 'other native code'
}
