// `mcp-failproof up` as people use it: where things are, an instance that dies, a port that is taken, and Ctrl-C.
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ResilientClient } from '../client/index.ts'
import { describeWithTools } from '../fault/process/needs-tools.ts'
import { assertFree, freePorts } from '../fault/process/ports.ts'
import { type Run, startCli } from './test-cli.ts'

describeWithTools('mcp-failproof up', () => {
  let folder: string
  let port: number
  let statsPort: number
  let run: Run | undefined

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'up-test-'))
    ;[port = 0, statsPort = 0] = await freePorts(2)
  })
  afterEach(async () => {
    run?.child.kill('SIGINT')
    await run?.ended
    await rm(folder, { recursive: true, force: true })
  })

  const up = () => {
    run = startCli(['up', '--port', `${port}`, '--stats-port', `${statsPort}`], folder)
    return run
  }
  const listen = () =>
    new Promise<Server>((resolve) => {
      const server = createServer().listen(port, '127.0.0.1', () => resolve(server))
    })

  it('tells where everything is and serves there, until Ctrl-C, after which nothing is left', async () => {
    const { child, ended, printed } = up()
    const [, endpoint = ''] = await printed(/endpoint +(\S+)/)
    expect(endpoint).toBe(`http://127.0.0.1:${port}/mcp`)
    const [, statistics = ''] = await printed(/statistics +(\S+)/)
    expect(await (await fetch(`${statistics};csv`)).text()).toContain('mcp_servers,mcp-server-3')
    const client = new ResilientClient(endpoint, { clientInfo: { name: 'test', version: '0' } })
    expect(await client.callTool({ name: 'increment_counter' })).toMatchObject({ structuredContent: { counter: 1 } })
    await client.close()
    child.kill('SIGINT')
    const { code, output } = await ended
    expect(code).toBe(0)
    expect(output).not.toContain('started again')
    await assertFree([port, statsPort])
    const ids = [...output.matchAll(/process (\d+)/g)].map(([, id]) => Number(id))
    expect(ids).toHaveLength(5)
    for (const id of ids) expect(() => process.kill(id, 0)).toThrow('ESRCH')
  })

  it('starts an instance again that is killed by hand, and its sessions go on', async () => {
    const { printed } = up()
    const [, endpoint = ''] = await printed(/endpoint +(\S+)/)
    const client = new ResilientClient(endpoint, { clientInfo: { name: 'test', version: '0' } })
    const first = await client.callTool({ name: 'increment_counter' })
    const [, serving = ''] = /"instance":"([^"]+)"/.exec(JSON.stringify(first)) ?? []
    const [, id = ''] = await printed(new RegExp(`${serving} .*process (\\d+)`))
    process.kill(Number(id), 'SIGKILL')
    await printed(new RegExp(`${serving} ended \\(SIGKILL\\); it is started again\\.`))
    expect(await client.callTool({ name: 'increment_counter' })).toMatchObject({ structuredContent: { counter: 2 } })
    await printed(new RegExp(`${serving} is up, process \\d+`))
    await client.close()
  })

  it('ends with 3 and the name of a part that is gone', async () => {
    const { ended, printed } = up()
    const [, id = ''] = await printed(/redis .*process (\d+)/)
    process.kill(Number(id), 'SIGKILL')
    const { code, output } = await ended
    expect(output).toContain('redis ended (SIGKILL): without it there is no stack')
    expect(code).toBe(3)
  })

  it('ends with 3 and one line where a port is taken', async () => {
    const server = await listen()
    const { code, output } = await up().ended
    server.close()
    expect(output.trim()).toBe(`port ${port} is taken: end what listens there, or choose another`)
    expect(code).toBe(3)
  })
})
