// Progress and log messages reach the caller in order and once a try; those of a given-up try do not.
import { LoggingMessageNotificationSchema, PingRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { expect, test } from 'vitest'
import { PROTOCOL_RULES, type ProtocolRules } from './rules.ts'
import { breakStream, type Fault, hold, status } from './testing/fake-tier.ts'
import { connected, type Harness } from './testing/harness.ts'

interface Heard extends Harness {
  readonly heard: string[]
  work(): Promise<unknown>
}

async function listening(rules: ProtocolRules = PROTOCOL_RULES): Promise<Heard> {
  const harness = await connected({ rules })
  const heard: string[] = []
  harness.client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
    heard.push(JSON.stringify(params.data))
  })
  const onprogress = ({ progress }: { progress: number }) => {
    heard.push(`progress ${progress}`)
  }
  const work = () => harness.client.callTool({ name: 'work' }, undefined, { onprogress })
  return { ...harness, heard, work }
}

const logged = (session: string) => [1, 2, 3].map((step) => `{"msg":"${step} on ${session}"}`)

test('progress and log messages come in the order in which they were sent', async () => {
  const { clock, heard, work } = await listening()
  await clock.until(work())
  const [first, second, third] = logged('s1')
  expect(heard).toEqual(['progress 1', first, 'progress 2', second, 'progress 3', third])
})

test('over a broken stream progress does not fall, and log messages come once for each try', async () => {
  const { tier, clock, heard, work } = await listening()
  tier.next('work', breakStream)
  await clock.until(work())
  expect(heard.filter((line) => line.startsWith('progress'))).toEqual(['progress 1', 'progress 2', 'progress 3'])
  expect(heard.filter((line) => line === '{"msg":"1 on s1"}')).toHaveLength(2)
})

test('handlers stay over a reconnection', async () => {
  const { tier, clock, heard, work } = await listening()
  tier.server.forget('s1')
  await clock.until(work())
  expect(heard.filter((line) => line.startsWith('{'))).toEqual(logged('s2'))
})

/** A call is on its way on s1 when another call's resume overtakes it; what s1 then says comes late. */
async function overtaken({ tier, clock, client, work }: Heard): Promise<void> {
  const late = hold()
  const ignoringAbort: Fault = (serve, arrival) => late.fault(serve, arrival)
  tier.next('work', ignoringAbort)
  const working = work()
  tier.next('get_counter', status(503))
  await clock.until(client.callTool({ name: 'get_counter' }))
  late.release()
  await clock.until(working)
}

test('notifications of a try that a resume overtook are dropped', async () => {
  const heard = await listening()
  await overtaken(heard)
  expect(heard.heard.filter((line) => line.startsWith('{'))).toEqual(logged('s2'))
})

test('replyCounts is needed for that: without it late notifications reach the caller', async () => {
  const heard = await listening({ ...PROTOCOL_RULES, replyCounts: () => true })
  await overtaken(heard)
  expect(heard.heard.filter((line) => line.startsWith('{'))).toEqual(logged('s1'))
})

test('what a given-up stream says late is dropped, even where its fetch ignores the abort', async () => {
  const { tier, clock, heard, work } = await listening()
  const params = { level: 'info', data: { msg: 'late' } }
  const late = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params })
  tier.next('work', async () => {
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        await clock.sleep(10_000)
        controller.enqueue(new TextEncoder().encode(`data: ${late}\n\n`))
        controller.close()
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  })
  await clock.until(work())
  await clock.advance(20_000)
  expect(heard.filter((line) => line.startsWith('{'))).toEqual(logged('s2'))
})

test("a server's request is answered on the session that it came from", async () => {
  const { tier, clock, client } = await connected()
  client.setRequestHandler(PingRequestSchema, () => ({}))
  const result = await clock.until(client.callTool({ name: 'ask' }))
  expect(result).toMatchObject({ structuredContent: { asked: 'ping' } })
  expect(tier.log.at(-1)).toBe('POST@s1')
})
