// The simulated world's one order of events, its hosts, and the time that the process sees while it lasts.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Hang } from '../../stack.ts'
import { Host } from './host.ts'
import { installVirtualTime, type VirtualTime } from './virtual-time.ts'
import { World } from './world.ts'

const HOUR_MS = 3_600_000

describe('in a simulated world', () => {
  let world: World
  let time: VirtualTime
  let log: string[]

  beforeEach(() => {
    log = []
    time = installVirtualTime(() => world)
    world = new World({ onTime: (us) => time.moveTo(us) })
  })
  afterEach(() => time.uninstall())

  const sleep = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms))
  const note = (what: string) => () => void log.push(`${world.nowMs} ${what}`)

  it('events happen in the order of their times, and at one time in the order in which they were asked for', async () => {
    await world.run(async () => {
      world.after(2_000, 'c', note('c'))
      world.after(500, 'a', note('a'))
      world.after(2_000, 'd', note('d'))
      setTimeout(note('e'), 2)
      world.after(1_500, 'b', note('b'))
      await sleep(3)
    })
    expect(log).toEqual(['0.5 a', '1.5 b', '2 c', '2 d', '2 e'])
  })

  it('all that follows from an event has happened before the next one, however many turns it takes', async () => {
    const follow = async () => {
      for (let turn = 0; turn < 50; turn++) await Promise.resolve()
      await new Promise<void>((resolve) => process.nextTick(resolve))
      note('followed')()
    }
    await world.run(async () => {
      world.after(1_000, 'first', () => void follow())
      world.after(1_000, 'second', note('second'))
      await sleep(2)
    })
    expect(log).toEqual(['1 followed', '1 second'])
  })

  it('a half-hour passes in no time, and every clock of the process agrees on it', async () => {
    await world.run(async () => {
      const began = { date: Date.now(), performance: performance.now(), hrtime: process.hrtime.bigint() }
      await sleep(HOUR_MS / 2)
      expect(Date.now() - began.date).toBe(HOUR_MS / 2)
      expect(Date.parse(new Date().toISOString()) - began.date).toBe(HOUR_MS / 2)
      expect(performance.now() - began.performance).toBe(HOUR_MS / 2)
      expect(process.hrtime.bigint() - began.hrtime).toBe(BigInt(HOUR_MS / 2) * 1_000_000n)
    })
  })

  it('timers are cleared by themselves and by their number, refreshed, and repeated', async () => {
    await world.run(async () => {
      clearTimeout(setTimeout(note('cleared'), 5))
      clearTimeout(Number(setTimeout(note('cleared by number'), 5)))
      const refreshed = setTimeout(note('refreshed'), 5)
      setTimeout(() => refreshed.refresh(), 3)
      const interval = setInterval(note('again'), 3)
      setTimeout(() => clearInterval(interval), 10)
      await sleep(20)
    })
    expect(log).toEqual(['3 again', '6 again', '8 refreshed', '9 again'])
  })

  it('a killed host does nothing more, and its next life knows nothing of that', async () => {
    const host = new Host('backend')
    const main = () => {
      setTimeout(note('a timer of its life'), 5)
      world.after(5_000, 'an event of its life', note('an event of its life'))
    }
    await world.run(async () => {
      host.start(main)
      await sleep(4)
      host.kill()
      host.start(main)
      await sleep(20)
    })
    expect(log).toEqual(['9 a timer of its life', '9 an event of its life'])
  })

  it('a paused host stands still, and what came meanwhile happens in order when it goes on', async () => {
    const host = new Host('backend')
    await world.run(async () => {
      host.start(() => {
        setTimeout(note('first'), 5)
        setTimeout(note('second'), 6)
        setTimeout(note('third'), 20)
      })
      host.pause()
      await sleep(10)
      note('continued')()
      world.continue(host)
      await sleep(20)
    })
    expect(log).toEqual(['10 continued', '10 first', '10 second', '20 third'])
  })

  it('a skewed host reads another date than the others, and no other duration', async () => {
    const host = new Host('backend')
    host.skewMs = 90_000
    await world.run(async () => {
      const began = Date.now()
      host.start(() =>
        setTimeout(() => void log.push(`${Date.now() - began}, ${Date.parse(new Date().toISOString()) - began}`), 10),
      )
      await sleep(20)
      log.push(`${Date.now() - began}`)
    })
    expect(log).toEqual(['90010, 90010', '20'])
  })

  it('where nothing is left to happen, whoever still waits hangs', async () => {
    const running = world.run(() => new Promise<never>(() => {}))
    await expect(running).rejects.toThrow(new Hang('nothing is left to happen, and somebody still waits'))
  })

  it('an hour without an answer is a hang that tells what waits', async () => {
    const tick = () => void world.after(60_000_000, 'a minute more', tick)
    tick()
    await expect(world.run(() => new Promise<never>(() => {}))).rejects.toThrow(
      /an hour|virtual hour.*\n.*a minute more/,
    )
  })

  it('an hour with answers is none', async () => {
    const answered = async () => {
      for (let minute = 0; minute < 120; minute++) {
        await sleep(60_000)
        world.progress()
      }
      return 'ended'
    }
    expect(await world.run(answered)).toBe('ended')
  })

  it('what main throws is thrown', async () => {
    await expect(world.run(async () => Promise.reject(new Error('a finding')))).rejects.toThrow('a finding')
  })
})

it('afterwards the process has its own time back', async () => {
  const real = { setTimeout, clearTimeout, setInterval, clearInterval, Date }
  const now = performance.now()
  const time = installVirtualTime(() => new World())
  expect(setTimeout).not.toBe(real.setTimeout)
  time.uninstall()
  expect({ setTimeout, clearTimeout, setInterval, clearInterval, Date }).toEqual(real)
  expect(Math.abs(Date.now() - real.Date.now())).toBeLessThan(1_000)
  expect(performance.now()).toBeGreaterThanOrEqual(now)
})
