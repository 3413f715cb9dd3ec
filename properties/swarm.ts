// Which kinds of commands one trace draws from: each trace its own subset and weights (swarm testing), so that rare
// mixtures occur.
import type { Random } from 'fast-check'
import type { Profile } from './profile.ts'

/** Weights of one trace: some kinds are left out, the others loom larger. */
export interface Swarm {
  readonly calls: readonly Weighted[]
  readonly faults: readonly Weighted[]
  readonly faultShare: number
  readonly waits: 'pastTtl' | 'short'
}

interface Weighted {
  readonly kind: string
  readonly weight: number
}

export function drawSwarm(random: Random, profile: Profile): Swarm {
  const subset = (weights: Readonly<Record<string, number>>, share: number): Weighted[] => {
    const all = Object.entries(weights).map(([kind, weight]) => ({ kind, weight: weight * random.nextInt(1, 3) }))
    const some = all.filter(() => random.nextDouble() < share)
    return some.length > 0 ? some : all
  }
  return {
    calls: subset(profile.calls, 0.75),
    faults: subset(profile.faults, 0.5),
    faultShare: [0.15, 0.3, 0.45][random.nextInt(0, 2)] ?? 0,
    waits: random.nextDouble() < profile.ttlWaits ? 'pastTtl' : 'short',
  }
}

export function pick<T>(random: Random, among: readonly T[]): T | undefined {
  return among.length > 0 ? among[random.nextInt(0, among.length - 1)] : undefined
}

export function weighted(random: Random, among: readonly Weighted[]): string {
  const tickets = among.flatMap(({ kind, weight }) => Array.from({ length: weight }, () => kind))
  return pick(random, tickets) ?? ''
}
