// The reader is what finds a malformed stream, so it is shown some.
import { describe, expect, it } from 'vitest'
import { resultIn } from './json-rpc-stream.ts'

const TOLD = 'data: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info"}}\n\n'
const ANSWER = 'data: {"jsonrpc":"2.0","id":"a","result":{"counter":1}}\n\n'

/** The result of a stream that comes byte by byte, after what was heard before it. */
async function read(text: string, type = 'text/event-stream'): Promise<unknown[]> {
  const bytes = [...new TextEncoder().encode(text)].map((byte) => Uint8Array.of(byte))
  const heard: unknown[] = []
  const response = new Response(ReadableStream.from(bytes), { headers: { 'content-type': type } })
  const result = await resultIn(response, 'a', ({ params }) => heard.push(params))
  return [...heard, result]
}

describe('the reader of a stream', () => {
  it('reads notifications in order and the answer after them', async () => {
    expect(await read(`${TOLD}: keep-alive\n\nevent: message\n${ANSWER}`)).toEqual([{ level: 'info' }, { counter: 1 }])
  })

  it.each([
    ['no answer', TOLD],
    ['two answers', ANSWER + ANSWER],
    ['a notification after the answer', ANSWER + TOLD],
    ["another request's answer", ANSWER.replace('"a"', '"b"')],
    ['an error', ANSWER.replace(/"result":.*}/, '"error":{"code":-32603,"message":"no"}}')],
    ['an empty event first', `data:\n\n${ANSWER}`],
    ['an unknown notification', TOLD.replace('message"', 'other"') + ANSWER],
    ['half an event at its end', `${ANSWER}data: {`],
  ])('refuses %s', async (_, text) => {
    await expect(read(text)).rejects.toThrow()
  })

  it('refuses an answer that is no stream', async () => {
    await expect(read(ANSWER, 'application/json')).rejects.toThrow()
  })
})
