// Headers without the machinery of Node's own: in the simulation a message is handed on and not written to a wire, and to
// check and copy its headers at every hop takes longer than all else that happens to it.

type HeadersInit = NonNullable<ConstructorParameters<typeof Headers>[0]>

export class PlainHeaders implements Headers {
  /** By the name in lower case; several values of one name as one, the way `get` tells them. */
  readonly #values = new Map<string, string>()
  #cookies: string[] | undefined

  constructor(init?: HeadersInit) {
    if (init === undefined) return
    if (init instanceof PlainHeaders) {
      for (const [name, value] of init.#values) this.#values.set(name, value)
      this.#cookies = init.#cookies && [...init.#cookies]
    } else if (Symbol.iterator in init) for (const [name = '', value = ''] of init) this.append(name, value)
    else for (const name of Object.keys(init)) this.append(name, `${Reflect.get(init, name)}`)
  }

  append(name: string, value: string): void {
    const lower = name.toLowerCase()
    if (lower === 'set-cookie') this.#cookies = [...(this.#cookies ?? []), value]
    const before = this.#values.get(lower)
    this.#values.set(lower, before === undefined ? trimmed(value) : `${before}, ${trimmed(value)}`)
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase())
    if (name.toLowerCase() === 'set-cookie') this.#cookies = undefined
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase())
  }

  set(name: string, value: string): void {
    const lower = name.toLowerCase()
    if (lower === 'set-cookie') this.#cookies = [value]
    this.#values.set(lower, trimmed(value))
  }

  getSetCookie(): string[] {
    return [...(this.#cookies ?? [])]
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void): void {
    for (const [name, value] of this.#sorted()) callback(value, name, this)
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
    return [...this.#values].sort(([one], [other]) => (one < other ? -1 : 1))
  }
}

/** Of the white space that headers may have around them. */
const trimmed = (value: string) => value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '')

type HeadersIterator<T> = ReturnType<T[]['values']>
