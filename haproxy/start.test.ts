// The file as HAProxy reads it: on any machine, with names that do not resolve yet, and with no warning.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startBalancer } from './testing/balancer.ts'
import { describeOnEachHaproxy } from './testing/programs.ts'
import { type Edits, FILE, twinText } from './testing/twin.ts'

const ADDRESSES = Object.fromEntries([1, 2, 3].map((n) => [`SERVER_${n}_ADDRESS`, `127.0.0.1:${n}`]))

describeOnEachHaproxy('haproxy.cfg', (path) => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'haproxy-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** What `haproxy -c` says, and whether it would start. */
  function check(env: Readonly<Record<string, string>>, edits: Edits = {}) {
    const file = join(folder, 'haproxy.cfg')
    writeFileSync(file, twinText(edits))
    return new Promise<{ starts: 'starts' | 'stops'; said: string[] }>((resolve) => {
      execFile(path(), ['-c', '-f', file], { env }, (error, stdout, stderr) => {
        resolve({ starts: error === null ? 'starts' : 'stops', said: `${stdout}${stderr}`.split('\n') })
      })
    })
  }

  it('starts with no environment at all, where only the containers have no addresses yet', async () => {
    const { starts, said } = await check({})
    const warnings = said.filter((line) => line.includes('[WARNING]'))
    expect(starts).toBe('starts')
    expect(warnings.filter((line) => !line.includes('could not resolve address'))).toEqual([])
  })

  it.each([
    [
      'mcp_servers',
      '    default-server init-addr last,libc,none\n    default-server check',
      '    default-server check',
    ],
    ['mcp_degraded', 'table mcp_servers\n    default-server init-addr last,libc,none', 'table mcp_servers'],
  ])('stops at a name that does not resolve, without `init-addr` in %s', async (_, from, to) => {
    const { starts, said } = await check({}, { [from]: to })
    expect(starts).toBe('stops')
    expect(said.filter((line) => line.includes('[ALERT]')).join()).toContain('could not resolve address')
  })

  it('has no warning where the addresses are known, with a name server too', async () => {
    for (const env of [ADDRESSES, { ...ADDRESSES, RESOLVER: '127.0.0.11:53' }]) {
      const { starts, said } = await check(env)
      expect(starts).toBe('starts')
      expect(said.join('\n')).not.toContain('WARNING')
    }
  })

  it('has an admin socket, without which the stick table cannot be emptied between two runs', async () => {
    const start = { haproxy: path(), servers: [{ name: 'mcp-server-1', url: new URL('http://127.0.0.1:1') }] }
    const { admin } = await startBalancer({ ...start, env: ADDRESSES })
    await admin.clearTables()
    const without = startBalancer({ ...start, env: ADDRESSES, edits: { 'stats socket': '# stats socket' } })
    await expect(without).rejects.toThrow(/admin socket .* cannot be used/)
  })

  it('explains each directive that is not obvious', () => {
    const lines = readFileSync(FILE, 'utf8').split('\n')
    const reasons = lines.filter((line) => /^ *#/.test(line)).length
    expect(reasons).toBeGreaterThan(20)
  })
})
