// Reads the event stream that answers one POST, by hand and to its end: notifications first, the request's own answer
// last, nothing else. A library would forgive what no other client can be trusted to forgive.
import { z } from 'zod'

const jsonrpc = z.literal('2.0')
const notificationShape = z.discriminatedUnion('method', [
  z.strictObject({ jsonrpc, method: z.literal('notifications/message'), params: z.unknown() }),
  z.strictObject({
    jsonrpc,
    method: z.literal('notifications/progress'),
    params: z.looseObject({ progressToken: z.string() }),
  }),
])
const answerShape = z.union([
  z.strictObject({ jsonrpc, id: z.string(), result: z.unknown() }),
  z.strictObject({ jsonrpc, id: z.string(), error: z.looseObject({ code: z.number(), message: z.string() }) }),
])
const messageShape = z.union([notificationShape, answerShape])

export type Notification = z.infer<typeof notificationShape>

/** The result of request `id`. `hear` gets each notification when it comes. */
export async function resultIn(
  response: Response,
  id: string,
  hear: (notification: Notification) => void,
): Promise<unknown> {
  z.literal('text/event-stream').parse(response.headers.get('content-type'))
  let answer: z.infer<typeof answerShape> | undefined
  for await (const data of eventsOf(response)) {
    const message = messageShape.parse(JSON.parse(data))
    if (answer !== undefined) throw new Error(`after the answer came ${data}`)
    if ('method' in message) hear(message)
    else answer = message
  }
  if (answer?.id !== id) throw new Error(`request ${id} was answered ${JSON.stringify(answer)}`)
  if ('error' in answer) throw new Error(`request ${id} was answered an error: ${JSON.stringify(answer.error)}`)
  return answer.result
}

/** The data of each event; comments only keep the stream from being silent. */
async function* eventsOf({ body }: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const part of body ?? []) {
    const blocks = (rest + decoder.decode(part, { stream: true })).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = block.split('\n').filter((line) => line.startsWith('data:'))
      if (data.length > 0) yield data.map((line) => line.slice('data:'.length)).join('\n')
    }
  }
  if (rest !== '') throw new Error(`the stream ended within an event: ${rest}`)
}
