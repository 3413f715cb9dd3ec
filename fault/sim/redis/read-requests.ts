// Cuts the bytes that a client sends into requests. Not by redis-parser, which starts a timer for long strings that come
// in pieces and keeps them in a buffer of the whole process: nothing here may depend on what ran before.

export type Request =
  | { readonly kind: 'command'; readonly args: readonly string[] }
  /** After it nothing can be read any more. */
  | { readonly kind: 'broken'; readonly why: string }

const MOST_ARGUMENTS = 1024 * 1024
const LONGEST = 512 * 1024 * 1024
const [RETURN, WORD, REQUEST, ZERO, NINE] = [13, 36, 42, 48, 57]

export class RequestReader {
  /** What was not a whole request yet. */
  #rest: Buffer = Buffer.alloc(0)
  #at = 0
  /** Below this length no request can be whole, so that a long one is not read again with each of its pieces. */
  #needed = 0

  read(bytes: Buffer): readonly Request[] {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const requests: Request[] = []
    let begin = 0
    this.#needed = Math.max(this.#needed, 1)
    while (all.length - begin >= this.#needed) {
      this.#at = begin
      const request = this.#request(all)
      if (request === undefined) {
        this.#needed -= begin
        break
      }
      this.#needed = 1
      begin = request.kind === 'broken' ? all.length : this.#at
      if (request.kind === 'broken' || request.args.length > 0) requests.push(request)
    }
    this.#rest = all.subarray(begin)
    return requests
  }

  #request(bytes: Buffer): Request | undefined {
    if (bytes[this.#at] !== REQUEST) return broken('the simulated Redis reads no inline commands')
    const count = this.#length(bytes, MOST_ARGUMENTS)
    if (count === undefined) return undefined
    if (Number.isNaN(count)) return broken('invalid multibulk length')
    const args: string[] = []
    while (args.length < count) {
      if (this.#at >= bytes.length) return this.#unfinished(bytes.length + 1)
      if (bytes[this.#at] !== WORD)
        return broken(`expected '$', got '${bytes.toString('latin1', this.#at, this.#at + 1)}'`)
      const length = this.#length(bytes, LONGEST)
      if (length === undefined) return undefined
      if (Number.isNaN(length) || length < 0) return broken('invalid bulk length')
      const end = this.#at + length
      if (bytes.length < end + 2) return this.#unfinished(end + 2)
      args.push(bytes.toString('latin1', this.#at, end))
      this.#at = end + 2
    }
    return { kind: 'command', args }
  }

  /** The number after a mark, NaN where there is none; undefined where its line has not ended yet. */
  #length(bytes: Buffer, most: number): number | undefined {
    // Mostly it is a few digits in one piece: they need no text of their own.
    let plain = 0
    for (let at = this.#at + 1; at < bytes.length - 1 && plain <= most; at++) {
      const byte = bytes[at] ?? RETURN
      if (byte === RETURN && at > this.#at + 1) {
        this.#at = at + 2
        return plain
      }
      if (byte < ZERO || byte > NINE) break
      plain = plain * 10 + byte - ZERO
    }
    return this.#anyLength(bytes, most)
  }

  #anyLength(bytes: Buffer, most: number): number | undefined {
    const end = bytes.indexOf(RETURN, this.#at)
    if (end === -1 || end + 1 >= bytes.length) return this.#unfinished(bytes.length + 1)
    const text = bytes.toString('latin1', this.#at + 1, end)
    this.#at = end + 2
    const length = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
    return length > most ? Number.NaN : length
  }

  #unfinished(needed: number): undefined {
    this.#needed = needed
  }
}

function broken(why: string): Request {
  return { kind: 'broken', why: `ERR Protocol error: ${why}` }
}
