// A Node socket over a simulated connection, for libraries that want a socket: ioredis, here. All that a socket does by
// itself (connecting, its timeout, its end) happens on the world's clock.
import { Socket } from 'node:net'
import type { Closing, End, Piece } from './connection.ts'
import { dial, type Route } from './dial.ts'

/** Bytes on a simulated connection. */
export interface BytesPiece extends Piece {
  readonly data: Buffer
}

export function isBytes(piece: Piece): piece is BytesPiece {
  return 'data' in piece && Buffer.isBuffer(piece.data)
}

export function bytesPiece(data: Buffer): BytesPiece {
  return { data, bytes: data.byteLength, first: (bytes) => bytesPiece(data.subarray(0, bytes)) }
}

interface Writing {
  readonly chunk: Buffer | string
  readonly encoding: BufferEncoding
}

export class SimulatedSocket extends Socket {
  // Declared and not initialised by the parent, which has no handle to connect.
  override connecting = true
  #end: End | undefined
  #idleMs = 0
  #idle: NodeJS.Timeout | undefined
  #usedAt = 0

  constructor(route: Route) {
    super()
    const ear = {
      onPiece: (piece: Piece) => {
        this.#used()
        if (isBytes(piece)) this.push(piece.data)
      },
      onClosed: (how: Closing) => {
        this.#end = undefined
        if (how === 'reset') this.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
        else this.push(null)
      },
    }
    dial(route, ear).then(
      (end) => this.#connected(end),
      (refused: Error) => this.destroy(Object.assign(refused, { code: 'ECONNREFUSED' })),
    )
  }

  override setTimeout(ms: number, callback?: () => void): this {
    this.#idleMs = ms
    if (callback) this.once('timeout', callback)
    this.#used()
    return this
  }

  override setNoDelay(): this {
    return this
  }

  override setKeepAlive(): this {
    return this
  }

  override ref(): this {
    return this
  }

  override unref(): this {
    return this
  }

  override _read(): void {
    // Bytes are pushed as they arrive.
  }

  // A socket's writer leaves text as it is.
  override _write(data: Buffer | string, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#used()
    this.#end?.send(bytesPiece(typeof data === 'string' ? Buffer.from(data, encoding) : data))
    done()
  }

  override _writev(parts: Writing[], done: (error?: Error | null) => void): void {
    const bytes = parts.map(({ chunk, encoding }) => (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk))
    this._write(Buffer.concat(bytes), 'binary', done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#end?.close()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#idle)
    this.connecting = false
    this.#end?.close()
    this.#end = undefined
    done(error)
    // A socket tells of its close itself, and not as other streams do.
    process.nextTick(() => this.emit('close', error !== null))
  }

  #connected(end: End): void {
    if (this.destroyed) {
      end.close()
      return
    }
    this.#end = end
    this.connecting = false
    this.emit('connect')
    this.emit('ready')
  }

  /** One timer for all, which looks when the socket was used last: it is used at every byte. */
  #used(): void {
    this.#usedAt = performance.now()
    if (this.#idleMs > 0) this.#idle ??= setTimeout(() => this.#look(), this.#idleMs)
  }

  #look(): void {
    this.#idle = undefined
    if (this.#idleMs === 0) return
    const left = this.#usedAt + this.#idleMs - performance.now()
    if (left > 0) this.#idle = setTimeout(() => this.#look(), left)
    else this.emit('timeout')
  }
}
