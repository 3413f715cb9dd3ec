// What hostile connections have found: each of these once had no answer, a 5xx, or one that it should not have had.
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Stack, startStack } from '../../fault/index.ts'
import { describeWithTools } from '../../fault/process/needs-tools.ts'
import { ROUTES } from '../stack/routes.ts'
import { call, open } from './caller.ts'
import { exchange } from './exchange.ts'
import { soundHead } from './headers.ts'
import { http } from './request.ts'

const INCREMENT = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"increment_counter"}}')

describeWithTools('hostile connections', () => {
  let stack: Stack

  beforeAll(async () => {
    stack = await startStack({ tier: 'process', links: 'direct' })
  })
  afterAll(() => stack?.close())

  describe.each(ROUTES)('$route', ({ urlOf }) => {
    it('CONNECT is 405, not a connection that ends without a word, nor a 502', async () => {
      const bytes = Buffer.from('CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n')
      expect(await exchange(urlOf(stack), bytes, 'whole')).toMatchObject({ status: 405 })
    })

    it('a target that names a host of its own is refused where that host is not allowed', async () => {
      const url = urlOf(stack)
      const session = await open(url)
      const line = 'POST http://evil.example/mcp HTTP/1.1'
      const bytes = http({ ...soundHead, line, body: INCREMENT, framing: 'length' })(session)
      // The balancer refuses already that the Host header is another.
      expect([400, 403]).toContain((await exchange(url, bytes, 'whole'))?.status)
      expect(await call(url, session, 'get_counter')).toMatchObject({ counter: 0 })
    })

    it('a client that asks for the connection to be closed after a stream sees it closed', async () => {
      const url = urlOf(stack)
      const session = await open(url)
      const headers = [...soundHead.headers, ['Connection', 'close'] as const]
      const socket = connect(Number(url.port), url.hostname)
      const closed = once(socket.resume(), 'close')
      socket.write(http({ ...soundHead, headers, body: INCREMENT, framing: 'length' })(session))
      await closed
      expect(await call(url, session, 'get_counter')).toMatchObject({ counter: 1 })
    })
  })
})
