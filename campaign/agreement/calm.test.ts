// The traces that both tiers are asked, without any stack: what is in them, and what must not be.
import { describe, expect, it } from 'vitest'
import { firstInapplicable, isCall } from '../../properties/machine.ts'
import { type Command, kindOf, type Trace } from '../../properties/trace.ts'
import { calmTrace } from './calm-traces.ts'
import { writtenTraces } from './written-traces.ts'

const TRACES = Array.from({ length: 500 }, (_, number) => calmTrace(number))
const commands = (traces: readonly Trace[]) => traces.flatMap((trace) => trace.commands)
const faultsIn = (traces: readonly Trace[]) =>
  new Set(commands(traces).map((each) => kindOf('during' in each ? each.during.fault : each)))
const FAULTS = ['kill', 'stop', 'start', 'pause', 'continue', 'cut', 'reset', 'delay', 'dropReplies', 'heal', 'end']

describe('calm traces', () => {
  it('apply from the first command to the last', () => {
    for (const trace of TRACES) expect(firstInapplicable(trace)).toBeUndefined()
  })

  it('are the same for the same number', () => {
    expect(calmTrace(7)).toEqual(TRACES[7])
    expect(calmTrace(8)).not.toEqual(calmTrace(7))
  })

  it('call nothing in the background, hurt nothing at `sent`, and name no instance that its past decides', () => {
    const text = JSON.stringify(TRACES)
    for (const chance of ['"background"', '"sent"', '"up"', 'backend:1', 'redis:1']) expect(text).not.toContain(chance)
  })

  it('reach every fault of the generator, between calls and in the middle of one', () => {
    expect([...faultsIn(TRACES)]).toEqual(expect.arrayContaining(FAULTS))
    const during = commands(TRACES).flatMap((each) => ('during' in each ? [kindOf(each.during.fault)] : []))
    expect([...new Set(during)].sort()).toEqual(['cut', 'delay', 'dropReplies', 'kill', 'pause', 'reset', 'stop'])
  })

  it('call while something is hurt in most of the traces that hurt anything', () => {
    const isHurting = (each: Command) => 'cut' in each || 'dropReplies' in each || 'delay' in each || 'pause' in each
    const hurting = TRACES.filter(({ commands: all }) =>
      all.some((each) => isHurting('during' in each ? each.during.fault : each)),
    )
    const called = hurting.filter(({ commands: all }) =>
      all.some((each, at) => {
        const following = all[at + 1]
        return 'during' in each ? isHurting(each.during.fault) : isHurting(each) && following && isCall(following)
      }),
    )
    expect(hurting.length).toBeGreaterThan(0.4 * TRACES.length)
    expect(called.length).toBeGreaterThan(0.6 * hurting.length)
  })

  it('wait past a TTL in few of them, and do nothing slow then', () => {
    const waiting = TRACES.filter(({ commands: all }) => all.some((each) => 'wait' in each && each.wait.ms > 1_000))
    expect(waiting.length).toBeGreaterThan(5)
    expect(waiting.length).toBeLessThan(40)
    for (const slow of ['cut', 'kill', 'stop', 'pause', 'analyze', 'watch'] as const)
      expect(commands(waiting).some((each) => slow in each)).toBe(false)
  })
})

describe('written traces', () => {
  it('apply from the first command to the last', () => {
    for (const { file, trace } of writtenTraces()) expect(firstInapplicable(trace), file).toBeUndefined()
  })

  it('have a title each of its own', () => {
    const titles = writtenTraces().map(({ title }) => title)
    expect(new Set(titles).size).toBe(titles.length)
  })

  it('inflict every fault that there is', () => {
    const traces = writtenTraces().map(({ trace }) => trace)
    expect([...faultsIn(traces)]).toEqual(expect.arrayContaining([...FAULTS, 'balancer']))
  })
})
