// One client's connection: what it has chosen, and the requests that it sends.
import type { ConnectionState } from './command.ts'
import { execute } from './execute.ts'
import { RequestReader } from './read-requests.ts'
import { error } from './reply.ts'
import type { Server } from './server.ts'
import { writeReply } from './write-reply.ts'

export class RedisSession {
  readonly #server: Server
  readonly #state: ConnectionState
  readonly #requests = new RequestReader()
  readonly #closed: () => void
  #isOpen = true

  constructor(server: Server, closed: () => void) {
    this.#server = server
    this.#closed = closed
    this.#state = { id: server.nextConnection(), protocol: 2, database: 0, name: '', isLeaving: false }
  }

  /** False once it was closed, by either side, Redis was restarted, or the client sent what is no request. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Executes what the bytes complete and answers one reply for each request, in order. A closed one answers nothing. */
  receive(bytes: Buffer): readonly Buffer[] {
    const replies: Buffer[] = []
    if (!this.#isOpen) return replies
    for (const request of this.#requests.read(bytes)) {
      if (request.kind === 'broken') {
        replies.push(Buffer.from(writeReply(error(request.why), this.#state.protocol), 'latin1'))
        this.close()
        return replies
      }
      const reply = execute(request.args, this.#server, this.#state)
      replies.push(Buffer.from(writeReply(reply, this.#state.protocol), 'latin1'))
      this.#server.tellWatchers()
      if (this.#state.isLeaving) {
        this.close()
        return replies
      }
    }
    return replies
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#closed()
  }
}
