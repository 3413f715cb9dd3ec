import { describe, expect, it } from 'vitest'
import { applies, firstInapplicable, firstMachine, type Machine, next, repaired } from './machine.ts'
import type { Command, Trace } from './trace.ts'

const TOPOLOGY = { backends: 3, clients: 2 }

function trace(...commands: Command[]): Trace {
  return { format: 1, topology: TOPOLOGY, settings: { ttlMs: 3_000 }, commands }
}

function machineAfter(...commands: Command[]): Machine {
  return commands.reduce(next, firstMachine({ topology: TOPOLOGY }))
}

const open: Command = { open: { client: 0 } }
const killUp: Command = { kill: { backend: { up: 0 } } }
const cutRedis: Command = { cut: { link: 'redis:1' } }

describe('what applies', () => {
  it.each<[string, Command[], Command]>([
    ['a call of a client that is open', [open], { increment: { client: 0 } }],
    ['opening a client that was closed', [open, { close: { client: 0 } }], open],
    ['a restart of the balancer, before anything else', [], { balancer: 'restart' }],
    ['starting where an instance is down', [killUp], { start: { backend: { down: 0 } } }],
    ['continuing where one is paused', [{ pause: { backend: 1 } }], { continue: { backend: { paused: 0 } } }],
    ['healing what is hurt, by its order', [cutRedis], { heal: { link: { faulty: 0 } } }],
    ['healing what is hurt, by its name', [cutRedis], { heal: { link: 'redis:1' } }],
    [
      'a peek at a client that was ever open',
      [open, { open: { client: 1 } }, { close: { client: 1 } }],
      { peek: { client: 0, of: { client: 1, age: 0 } } },
    ],
    [
      'a fault between the store and the reply of a write',
      [open],
      { during: { call: { increment: { client: 0 } }, at: 'executed', fault: { kill: { backend: 1 } } } },
    ],
  ])('%s', (_, before, command) => expect(applies(machineAfter(...before), command)).toBe(true))

  it.each<[string, Command[], Command]>([
    ['a call of a client that never was open', [], { increment: { client: 0 } }],
    ['a call of a closed client', [open, { close: { client: 0 } }], { increment: { client: 0 } }],
    ['opening one that is open', [open], open],
    ['a client beyond the topology', [], { open: { client: 2 } }],
    ['starting where all are up', [], { start: { backend: { down: 0 } } }],
    ['killing where none is up', [killUp, killUp, killUp], killUp],
    ['healing what was healed', [cutRedis, { heal: { link: 'redis:1' } }], { heal: { link: { faulty: 0 } } }],
    ['a backend beyond the topology', [], { kill: { backend: 4 } }],
    [
      'a fault between the store and the reply of a read',
      [open],
      { during: { call: { getCounter: { client: 0 } }, at: 'executed', fault: { kill: { backend: 1 } } } },
    ],
  ])('not: %s', (_, before, command) => expect(applies(machineAfter(...before), command)).toBe(false))
})

it('a restart of the balancer changes nothing that a trace could ask about', () => {
  expect(machineAfter(open, killUp, { balancer: 'restart' })).toEqual(machineAfter(open, killUp))
})

describe('repair', () => {
  it('drops what does not apply, and what hung on it', () => {
    const broken = trace(
      { close: { client: 0 } },
      open,
      { start: { backend: { down: 0 } } },
      { increment: { client: 0 } },
    )
    expect(repaired(broken).commands).toEqual([open, { increment: { client: 0 } }])
  })

  it('names the first command that does not apply', () => {
    expect(firstInapplicable(trace(open, { increment: { client: 1 } }))).toBe(1)
    expect(firstInapplicable(trace(open, { increment: { client: 0 } }))).toBeUndefined()
  })
})
