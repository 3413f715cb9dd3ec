// One run on a real stack: its clients, its history, what is hurt, and what each command did. Roles of a trace become
// targets here, at the moment that a command runs, and always become something.
import type { Backend, Link, LinkName, Stack } from '../fault/stack.ts'
import type { SessionId } from '../model/index.ts'
import type { ClientSettings, ClientUnderTest, OpenClient } from './client-under-test.ts'
import { spelled } from './machine.ts'
import type { Recorder } from './recorder.ts'
import type { BackendRole, LinkRole, SessionRef } from './trace.ts'

export interface RunningClient {
  readonly name: string
  readonly client: ClientUnderTest
  /** The sessions that it held, the current one last. */
  readonly sessions: SessionId[]
  state: 'open' | 'closed'
  /** Who gave its latest answer. */
  serving: string | undefined
}

/** What one command of the trace did. */
export interface Done {
  /** The operation that it began, if it is a call. */
  readonly op?: string
  /** What was hit, where it is a fault. */
  readonly hit?: string
  /** Anything else worth telling. */
  readonly note?: string
}

export class Real {
  readonly stack: Stack
  readonly recorder: Recorder
  readonly openClient: OpenClient
  readonly settings: Omit<ClientSettings, 'url' | 'fetch' | 'clock'>
  readonly clients = new Map<number, RunningClient>()
  /** What each command did, in the order of the trace. */
  readonly done: Done[] = []
  /** Calls that still run. */
  readonly background = new Set<Promise<unknown>>()
  /** The link roles that are hurt and what they were resolved to, in the order of the trace. */
  readonly hurt: { readonly role: string; readonly links: readonly Link[] }[] = []
  #ops = 0
  readonly #openings = new Map<number, number>()

  constructor(parts: Pick<Real, 'stack' | 'recorder' | 'openClient' | 'settings'>) {
    this.stack = parts.stack
    this.recorder = parts.recorder
    this.openClient = parts.openClient
    this.settings = parts.settings
  }

  nextOp(): string {
    return `op${++this.#ops}`
  }

  /** A closed client's number is used again, its name is not. */
  nextClientName(number: number): string {
    const opened = (this.#openings.get(number) ?? 0) + 1
    this.#openings.set(number, opened)
    return opened === 1 ? `client ${number}` : `client ${number} (${opened})`
  }

  client(number: number): RunningClient {
    const found = this.clients.get(number)
    if (!found) throw new Error(`client ${number} was never opened`)
    return found
  }

  /** `age` 0 is the session that the client holds; one older than its first is its first. */
  session(ref: SessionRef): SessionId {
    if (typeof ref === 'string') return ref
    const { client, sessions } = this.client(ref.client)
    // A client that could not connect at first tells of its first session by nothing but holding it.
    if (client.sessionId !== undefined && sessions.length === 0) sessions.push(client.sessionId)
    return sessions[Math.max(0, sessions.length - 1 - ref.age)] ?? ''
  }

  /** The backend that a role means now. `serving`: of the client's latest answer if it is up, else the lowest up. */
  backend(role: BackendRole): Backend {
    const { backends } = this.stack
    const inState = (state: Backend['state']) => backends.filter((each) => each.state === state)
    const pick = (among: readonly Backend[], k: number) =>
      (among.length > 0 ? among : backends).at(k % (among.length || backends.length))
    const found =
      typeof role === 'number'
        ? backends[role - 1]
        : 'up' in role
          ? pick(inState('up'), role.up)
          : 'down' in role
            ? pick(inState('down'), role.down)
            : 'paused' in role
              ? pick(inState('paused'), role.paused)
              : (inState('up').find(({ name }) => name === this.clients.get(role.serving)?.serving) ??
                pick(inState('up'), 0))
    if (!found) throw new Error(`no backend ${JSON.stringify(role)}`)
    return found
  }

  /** The links that a role means now; none where `faulty` finds none hurt. */
  links(role: LinkRole): Link[] {
    if (typeof role === 'string') return [...this.stack.links.values()].filter(({ name }) => isNamed(name, role))
    if ('faulty' in role) return [...(this.hurt[role.faulty % this.hurt.length]?.links ?? [])]
    const [kind, backend] = 'redis' in role ? (['redis', role.redis] as const) : (['backend', role.backend] as const)
    const number = this.stack.backends.indexOf(this.backend(backend)) + 1
    return [...this.stack.links.values()].filter(({ name }) => name === `${kind}:${number}`)
  }

  /** Notes in the history what the balancer counted so far. */
  async countDowns(): Promise<void> {
    const states = await this.stack.balancer.states()
    const downs = Object.fromEntries(this.stack.backends.map(({ name }) => [name, states.get(name)?.downs ?? 0]))
    this.recorder.add({ type: 'balancer', downs })
  }

  /** Takes what a healed role had hurt off the list; see `afterHeal` of the machine. */
  forgetHurt(role: LinkRole): void {
    const healed = typeof role === 'object' && 'faulty' in role ? this.hurt[role.faulty % this.hurt.length] : undefined
    const kept = this.hurt.filter((each) => (healed ? each !== healed : each.role !== spelled(role)))
    this.hurt.splice(0, this.hurt.length, ...kept)
  }
}

function isNamed(name: LinkName, role: string): boolean {
  return role.endsWith(':*') ? name.startsWith(role.slice(0, -1)) : name === role
}
