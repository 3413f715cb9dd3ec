// What is refused for its body: its size, to the byte, and its shape.
import { connect, type Socket } from 'node:net'
import { describe, expect, onTestFinished } from 'vitest'
import { describeOnTiers } from '../on-tiers.ts'
import { ROUTES } from '../routes.ts'
import { expectRefusal } from './refusal.ts'
import { send } from './request.ts'
import { openSession, ping, toolCall } from './session.ts'

const MIB = 1024 * 1024

const JSON_HEADERS = ['accept: application/json, text/event-stream', 'content-type: application/json']

/** Resolves when all of it has left; nothing is read meanwhile, as a blocking client does it. */
function write(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.write(text, () => resolve())
  })
}

/** A call whose JSON takes exactly that many bytes: the tool it names takes no arguments and minds none. */
function callOf(bytes: number): string {
  const call = (pad: string) => JSON.stringify(toolCall('get_counter', { pad }))
  return call('x'.repeat(bytes - call('').length))
}

describeOnTiers('the wire', { ttlMs: 30_000 }, ({ tier, it, itOnProcesses }) => {
  // The simulation has no framing.
  const lengths = tier === 'sim' ? (['told'] as const) : (['told', 'chunked'] as const)

  describe.each(ROUTES)('$route', ({ urlOf }) => {
    it.for(['{', '', 'ping', '{"jsonrpc":"2.0"} {}', '\u0000', '{"jsonrpc":"2.0","id":1,"method":"ping"'])(
      'refuses with 400 a body that is no JSON: %j',
      async (body, stack) => {
        const session = await openSession(stack, urlOf(stack))
        await expectRefusal(await session.post(body), 400)
        await expectRefusal(await send(stack, urlOf(stack), { body }), 400)
      },
    )

    it.for([
      ['a number', 1],
      ['null', null],
      ['a string', '"ping"'],
      ['an object', { a: 1 }],
      ['no method', { jsonrpc: '2.0', id: 1 }],
      ['another version of JSON-RPC', { ...ping(), jsonrpc: '1.0' }],
      ['an id that is an object', ping({})],
      ['an id of null', ping(null)],
      ['params that are a string', { ...ping(), params: 'x' }],
      ['a batch with null in it', [ping(), null]],
      ['arrays in arrays', '['.repeat(50_000) + ']'.repeat(50_000)],
    ])('refuses with 400 JSON that is no JSON-RPC: %s', async ([, body], stack) => {
      const session = await openSession(stack, urlOf(stack))
      await expectRefusal(await session.post(body), 400)
      expect((await session.post(ping())).status).toBe(200)
    })

    it.for(lengths)('serves a body of 1 MiB and refuses more with 413, its length %s', async (length, stack) => {
      const session = await openSession(stack, urlOf(stack))
      expect((await session.send({ body: callOf(MIB), length })).status).toBe(200)
      await expectRefusal(await session.send({ body: callOf(MIB + 1), length }), 413)
      await expectRefusal(await session.send({ body: callOf(16 * MIB), length }), 413)
      await expectRefusal(await send(stack, urlOf(stack), { body: callOf(MIB + 1), length }), 413)
      expect((await session.post(ping())).status).toBe(200)
    })

    // The simulation has no sockets.
    itOnProcesses(
      'tells a client that reads nothing before it has sent all of a body that is too long',
      async (stack) => {
        const { hostname, port } = urlOf(stack)
        const body = callOf(16 * MIB)
        const socket = connect(Number(port), hostname).setEncoding('utf8')
        onTestFinished(() => void socket.destroy())
        const head = ['POST /mcp HTTP/1.1', 'host: localhost', 'connection: close', ...JSON_HEADERS]
        await write(socket, [...head, `content-length: ${body.length}`, '', body].join('\r\n'))
        let answer = ''
        for await (const part of socket) answer += part
        expect(answer).toMatch(/^HTTP\/1.1 413 [\s\S]*"error":\{/)
      },
    )

    it('counts a body in bytes, not in characters', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const body = JSON.stringify({ ...ping(), method: 'é'.repeat(MIB / 2) })
      expect(body.length).toBeLessThan(MIB)
      for (const length of lengths) await expectRefusal(await session.send({ body, length }), 413)
    })
  })
})
