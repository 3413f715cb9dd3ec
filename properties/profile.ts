// What kind of traces a campaign tries. A profile gives base weights; each trace then draws its own subset of them
// (swarm testing, Groce et al., ISSTA 2012), so that rare mixtures occur.

export interface Profile {
  readonly name: string
  readonly about: string
  /** How many commands follow the first client's connection. */
  readonly length: { readonly min: number; readonly max: number }
  /** The share of traces that wait past TTLs. */
  readonly ttlWaits: number
  /** Weights of kinds of commands; what is not named is not generated. */
  readonly calls: Readonly<Record<string, number>>
  readonly faults: Readonly<Record<string, number>>
  /** Of the faults, the share that comes in the middle of a call. */
  readonly during: number
}

const CALLS = {
  increment: 8,
  addNote: 4,
  getCounter: 2,
  listNotes: 2,
  summary: 3,
  resume: 4,
  peek: 2,
  analyze: 3,
  watch: 1,
}

const INSTANCE_FAULTS = { kill: 3, stop: 2, pause: 2, end: 2 }
const LINK_FAULTS = { cut: 3, reset: 4, delay: 2, dropReplies: 3 }

export const PROFILES: readonly Profile[] = [
  {
    name: 'mixed',
    about: 'all calls and all faults; a quarter of the traces waits past TTLs',
    length: { min: 4, max: 12 },
    ttlWaits: 0.25,
    calls: CALLS,
    faults: { ...INSTANCE_FAULTS, ...LINK_FAULTS },
    during: 0.6,
  },
  {
    name: 'instances',
    about: 'instances are killed, stopped, paused; the network is well',
    length: { min: 4, max: 12 },
    ttlWaits: 0,
    calls: CALLS,
    faults: INSTANCE_FAULTS,
    during: 0.6,
  },
  {
    name: 'network',
    about: 'links are cut, reset, delayed, lose replies; the instances are well',
    length: { min: 4, max: 12 },
    ttlWaits: 0,
    calls: CALLS,
    faults: LINK_FAULTS,
    during: 0.6,
  },
  {
    name: 'ttl',
    about: 'every trace waits past TTLs; few faults',
    length: { min: 6, max: 14 },
    ttlWaits: 1,
    calls: CALLS,
    faults: { kill: 1, end: 1 },
    during: 0.6,
  },
]

/** The profile of that name, if there is one. */
export function profileNamed(name: string): Profile | undefined {
  return PROFILES.find((profile) => profile.name === name)
}
