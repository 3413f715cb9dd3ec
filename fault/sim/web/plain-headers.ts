// Headers without the machinery of Node's own: in the simulation a message is handed on and not written to a wire, and to
// check and copy its headers at every hop takes longer than all else that happens to it.

type HeadersInit = NonNullable<ConstructorParameters<typeof Headers>[0]>

const COOKIE = 'set-cookie'

/**
 * Differs from Node's where nobody looks: names and values are not checked, so what would throw is taken as it is; who
 * iterates does not see what is changed meanwhile; and where an empty value was appended to another, a copy still ends in
 * the comma that it came with.
 */
export class PlainHeaders implements Headers {
  /** By the name in lower case; several values of one name as one, the way `get` tells them. */
  readonly #values: Map<string, string>
  /** One by one, as these alone are iterated. */
  #cookies: readonly string[] = []

  constructor(init?: HeadersInit) {
    if (init instanceof PlainHeaders) {
      this.#values = new Map(init.#values)
      this.#cookies = init.#cookies
      return
    }
    this.#values = new Map()
    if (init === undefined) return
    if (Symbol.iterator in init) for (const [name = '', value = ''] of init) this.append(name, value)
    else for (const name of Object.keys(init)) this.append(name, `${Reflect.get(init, name)}`)
  }

  append(name: string, value: string): void {
    const lower = lowered(name)
    const before = this.#values.get(lower)
    const added = trimmed(value)
    if (lower === COOKIE) this.#cookies = [...this.#cookies, added]
    const separator = lower === 'cookie' ? '; ' : ', '
    this.#values.set(lower, before === undefined ? added : `${before}${separator}${added}`)
  }

  delete(name: string): void {
    const lower = lowered(name)
    this.#values.delete(lower)
    if (lower === COOKIE) this.#cookies = []
  }

  get(name: string): string | null {
    return this.#values.get(lowered(name)) ?? null
  }

  has(name: string): boolean {
    return this.#values.has(lowered(name))
  }

  set(name: string, value: string): void {
    const lower = lowered(name)
    const only = trimmed(value)
    if (lower === COOKIE) this.#cookies = [only]
    this.#values.set(lower, only)
  }

  getSetCookie(): string[] {
    return [...this.#cookies]
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void, self?: unknown): void {
    for (const [name, value] of this.#sorted()) callback.call(self, value, name, this)
  }

  keys(): HeadersIterator<string> {
    return this.#sorted()
      .map(([name]) => name)
      .values()
  }

  values(): HeadersIterator<string> {
    return this.#sorted()
      .map(([, value]) => value)
      .values()
  }

  entries(): HeadersIterator<[string, string]> {
    return this.#sorted().values()
  }

  [Symbol.iterator](): HeadersIterator<[string, string]> {
    return this.entries()
  }

  get [Symbol.toStringTag](): string {
    return 'Headers'
  }

  #sorted(): [string, string][] {
    const all = [...this.#values].sort(([one], [other]) => (one < other ? -1 : 1))
    if (this.#cookies.length < 2) return all
    return all.flatMap(([name, value]) =>
      name === COOKIE ? this.#cookies.map((cookie): [string, string] => [name, cookie]) : [[name, value]],
    )
  }
}

const lowered = (name: string) => `${name}`.toLowerCase()

/** Of the white space that headers may have around them. */
const trimmed = (value: string) => `${value}`.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '')

type HeadersIterator<T> = ReturnType<T[]['values']>
