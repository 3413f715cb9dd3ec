// A system that keeps every promise, simulated on a virtual clock with one timeline and no doubt, and the history that it
// leaves: what the judge must explain. It shares no code with the model, and can be told to lie in one way.
import type { Call, SessionId } from '../call.ts'
import type { HistoryEvent } from '../history.ts'
import { Client, type Fate, type Untimed } from './client.ts'
import { type Lie, Store } from './store.ts'
import { type Process, Timeline } from './timeline.ts'

/** `age` 0 is the session that the client holds. */
type SessionName = { readonly of: string; readonly age: number } | { readonly id: SessionId }

type Simple = Exclude<Call, { kind: 'summary' | 'resume' }>
type PlannedCall =
  | Simple
  | { readonly kind: 'summary'; readonly session: SessionName }
  | { readonly kind: 'resume'; readonly session: SessionName }

export interface PlannedStep {
  readonly client: string
  readonly call: PlannedCall
  readonly waitMs: number
  readonly runs: 'alone' | 'besides'
  /** Of its tries, one after another; a further one is answered. */
  readonly fates: readonly Fate[]
  readonly maxTries: number
}

export interface Plan {
  readonly ttlMs: number
  readonly keys: 'keys' | 'noKeys'
  readonly steps: readonly PlannedStep[]
  /** Of the clients' own resumes; a further one is answered. */
  readonly resumes: readonly Fate[]
  /** How many chances to lie are let pass before the one lie. Lies about time and about records are told always. */
  readonly chance: number
}

/** The history of one run, and how often the lie made a difference in it. */
export function simulate(plan: Plan, lie: Lie = 'none'): { readonly history: HistoryEvent[]; readonly shown: number } {
  const clock = new Timeline()
  const store = new Store(clock, plan, lie)
  const history: HistoryEvent[] = []
  const tell = (event: Untimed) => void history.push({ ...event, at: clock.now })
  const shared = { clock, store, keys: plan.keys, resumeFates: [...plan.resumes], tell }
  const clients = new Map(['a', 'b'].map((name) => [name, new Client(name, shared)]))
  const heldBy = (name: string) => clients.get(name)?.held ?? []
  const idOf = (name: SessionName) =>
    'id' in name ? name.id : (heldBy(name.of).at(-1 - name.age) ?? heldBy(name.of)[0] ?? '')

  const callOf = ({ client, call }: PlannedStep): Call => {
    if (call.kind !== 'summary' && call.kind !== 'resume') return call
    const id = idOf(call.session)
    const session = id === heldBy(client).at(-1) ? 'own' : { id }
    return call.kind === 'summary' ? { kind: 'summary', of: session } : { kind: 'resume', from: session }
  }

  clock.spawn(
    (function* (): Process {
      for (const [index, step] of plan.steps.entries()) {
        yield step.waitMs
        const running = clients.get(step.client)?.run(`op${index + 1}`, callOf(step), step)
        if (!running) throw new Error(`no client ${step.client}`)
        if (step.runs === 'alone') yield* running
        else clock.spawn(running)
      }
    })(),
  )
  clock.run()
  return { history, shown: store.shown }
}
