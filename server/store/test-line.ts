// A connection to Redis that stays: for tests in which Redis takes no new one, or would want another password of it.
import { once } from 'node:events'
import { connect } from 'node:net'

export interface TestLine {
  /** Says one command without blanks in its arguments, and waits for the first line of the answer. */
  say(command: string): Promise<string>
  close(): void
}

export async function openLine(port: number): Promise<TestLine> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  await once(socket, 'connect')
  return {
    async say(command) {
      socket.write(`${command}\r\n`)
      const [answer]: string[] = await once(socket, 'data')
      return (answer ?? '').split('\r\n')[0] ?? ''
    },
    close: () => void socket.destroy(),
  }
}
