// A machine of the simulated world. What runs on it runs in its life's context: after its death nothing of that life
// does anything more, while it is paused its events wait, and its clock may be off.
// The context is a variable. Everything that follows from an event runs before the next one begins, so that whose event it
// was is whose code it is, over every await; an AsyncLocalStorage would say the same and cost a fifth of all time. What one
// life does for another, or for the harness, therefore has to be an event of its own.

/** One life of a host, from a start to a kill. */
export interface Life {
  readonly host: Host
  phase: 'running' | 'paused' | 'over'
  /** What came while it was paused, in its order. */
  readonly held: (() => void)[]
  /** What becomes known elsewhere when it is over: its connections close. */
  readonly whenOver: Set<() => void>
}

let current: Life | undefined

/** The life in whose context this code runs; undefined for the harness. */
export function currentLife(): Life | undefined {
  return current
}

/** Runs something at once in the context of another life. */
function runIn<Result>(life: Life | undefined, what: () => Result): Result {
  const before = current
  current = life
  try {
    return what()
  } finally {
    current = before
  }
}

export class Host {
  readonly name: string
  /** Milliseconds by which its wall clock is ahead. */
  skewMs = 0
  #life: Life | undefined

  constructor(name: string) {
    this.name = name
  }

  /** Its current life; undefined while it is down. */
  get life(): Life | undefined {
    return this.#life
  }

  /** Begins a life and runs `main` in it, at once: what comes after an await would no longer be in it. */
  start<Result>(main: () => Result): Result {
    if (this.#life !== undefined) throw new Error(`${this.name} runs already`)
    const life: Life = { host: this, phase: 'running', held: [], whenOver: new Set() }
    this.#life = life
    return runIn(life, main)
  }

  /** Ends its life: what it would have done does not happen. */
  kill(): void {
    const life = this.#life
    if (life === undefined) return
    life.phase = 'over'
    life.held.length = 0
    this.#life = undefined
    for (const tell of life.whenOver) runIn(undefined, tell)
    life.whenOver.clear()
  }

  pause(): void {
    if (this.#life?.phase === 'running') this.#life.phase = 'paused'
  }

  /** What came while it was paused happens now, through `again`, each as an event of its own. */
  continue(again: (event: () => void) => void): void {
    const life = this.#life
    if (life?.phase !== 'paused') return
    life.phase = 'running'
    for (const event of life.held.splice(0)) again(event)
  }
}

/** Runs `event` in that life, keeps it for later where the life is paused, and drops it where the life is over. */
export function happenIn(
  life: Life | undefined,
  event: () => void,
  uncaught: (life: Life | undefined, error: unknown) => void,
): void {
  if (life?.phase === 'over') return
  if (life?.phase === 'paused') {
    life.held.push(event)
    return
  }
  // Not given back afterwards: what follows from the event is still to run, and the next event sets its own.
  current = life
  try {
    event()
  } catch (error) {
    uncaught(life, error)
  }
}
