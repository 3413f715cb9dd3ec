// Where headers lead: to the backend that has somebody, to the server that holds the session, and into the table.
import { describe, expect, it } from 'vitest'
import { twinText } from '../../../haproxy/testing/twin.ts'
import { readConfiguration } from './configuration.ts'
import type { ServerState } from './health.ts'
import { backendFor, learn, stickyServer, type Tables } from './routing.ts'
import { StickTable } from './stick-table.ts'

const WITHOUT_ONE_TABLE = { 'stick match req.fhdr(mcp-session-id),sha2(256) table mcp_servers': '' }

function start(edits: Readonly<Record<string, string>> = {}) {
  const { backends, frontends } = readConfiguration(twinText(edits), {})
  const tables = new Map(
    [...backends.values()].flatMap(({ name, table }) => (table === undefined ? [] : [[name, new StickTable(table)]])),
  )
  const memory: Tables = { backends, tables }
  const named = (name: string) => {
    const backend = backends.get(name)
    if (backend === undefined) throw new Error(`no backend ${name}`)
    return backend
  }
  const headers = (id?: string) => (name: string) => (id !== undefined && name === 'mcp-session-id' ? [id] : [])
  const find = (backend: string, id: string | undefined, state: ServerState = 'up', now = 0) =>
    stickyServer(named(backend), headers(id), { memory, stateOf: () => state, now })?.name
  const answer = (backend: string, n: number, id: string | undefined, now = 0) =>
    learn(named(backend), headers(id), { memory, server: { name: `mcp-server-${n}`, id: n }, now })
  return { frontend: frontends.get('mcp'), memory, find, answer }
}

describe('a session', () => {
  it('is found where its last answer came from', () => {
    const { find, answer } = start()
    expect(find('mcp_servers', 'a')).toBeUndefined()
    answer('mcp_servers', 2, 'a')
    expect(find('mcp_servers', 'a')).toBe('mcp-server-2')
    expect(find('mcp_servers', 'b')).toBeUndefined()
    answer('mcp_servers', 3, 'a')
    expect(find('mcp_servers', 'a')).toBe('mcp-server-3')
  })

  it('is found in the degraded backend too, unless that has no eye on the one table', () => {
    const ours = start()
    const twin = start(WITHOUT_ONE_TABLE)
    for (const { answer } of [ours, twin]) answer('mcp_servers', 2, 'a')
    expect(ours.find('mcp_degraded', 'a')).toBe('mcp-server-2')
    expect(twin.find('mcp_degraded', 'a')).toBeUndefined()
    twin.answer('mcp_degraded', 3, 'a')
    expect(twin.find('mcp_servers', 'a')).toBe('mcp-server-3')
  })

  it('stays with one that drains, and is found nowhere while that is down, which is a use all the same', () => {
    const { find, answer } = start({ '"${STICK_EXPIRE-2130s}"': '1s' })
    answer('mcp_servers', 2, 'a')
    expect(find('mcp_servers', 'a', 'draining', 900)).toBe('mcp-server-2')
    expect(find('mcp_servers', 'a', 'down', 1_800)).toBeUndefined()
    expect(find('mcp_servers', 'a', 'up', 2_700)).toBe('mcp-server-2')
    expect(find('mcp_servers', 'a', 'up', 3_700)).toBeUndefined()
  })

  it('is learned from no answer without an id', () => {
    const { memory, find, answer } = start()
    answer('mcp_servers', 2, undefined)
    expect(memory.tables.get('mcp_servers')?.used(0)).toBe(0)
    expect(find('mcp_servers', undefined)).toBeUndefined()
  })

  it('is found by the id of its server where no server has its name', () => {
    const { memory, find, answer } = start()
    answer('mcp_servers', 2, 'a')
    const [entry] = memory.tables.get('mcp_servers')?.entries(0) ?? []
    memory.tables.get('mcp_servers')?.store(entry?.key ?? '', { name: 'renamed', id: 3 }, 0)
    expect(find('mcp_servers', 'a')).toBe('mcp-server-3')
  })
})

describe('the frontend', () => {
  const choose = (edits: Readonly<Record<string, string>>, usable: number) => {
    const { frontend } = start(edits)
    return frontend && backendFor(frontend, (backend) => (backend === 'mcp_servers' ? usable : 9))
  }

  it('sends to the degraded backend while no server is usable', () => {
    expect(choose({}, 1)).toBe('mcp_servers')
    expect(choose({}, 0)).toBe('mcp_degraded')
    expect(choose({ 'use_backend mcp_degraded if { nbsrv(mcp_servers) eq 0 }': '' }, 0)).toBe('mcp_servers')
  })

  it('has nowhere to send to without a default', () => {
    expect(choose({ 'default_backend mcp_servers': '' }, 1)).toBeUndefined()
  })
})
