// The session store keeps its whole contract on the simulated Redis, with the real ioredis and the real scripts between.
import { Socket } from 'node:net'
import { AbstractConnector } from 'ioredis'
import { describe, it } from 'vitest'
import { sessionStoreContract } from '../../../properties/store-suite/index.ts'
import { RedisSessionStore } from '../../../server/store/redis-store.ts'
import type { RedisSession } from './session.ts'
import { SimulatedRedis } from './simulated-redis.ts'

/** A socket to no host: what is written to it is answered when whoever wrote has come to rest. */
class Line extends Socket {
  readonly #session: RedisSession

  constructor(redis: SimulatedRedis) {
    super()
    this.#session = redis.connect()
  }

  override _read(): void {}

  /** Sockets are given texts as they are. */
  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: () => void): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk
    setImmediate(() => {
      for (const reply of this.#session.receive(bytes)) this.push(reply)
    })
    done()
  }

  override _final(done: () => void): void {
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#session.close()
    done(error)
  }
}

function open(redis: SimulatedRedis): RedisSessionStore {
  class Connector extends AbstractConnector {
    constructor() {
      super(0)
    }

    override async connect(): Promise<Line> {
      this.connecting = true
      const line = new Line(redis)
      this.stream = line
      return line
    }
  }
  return new RedisSessionStore({ redis: { Connector } })
}

let redis = new SimulatedRedis({ now: Date.now })

sessionStoreContract({
  test: { describe, it },
  factory: () => {
    redis = new SimulatedRedis({ now: Date.now })
    return open(redis)
  },
  second: () => open(redis),
})
