// Errors that no Redis at hand gives on demand: of other versions, and of hosts with several addresses.
import { expect, it } from 'vitest'
import { storeError, worded } from './redis-errors.ts'

const outcome = (message: string) => storeError(new Error(message), { effect: 'write', from: 'Redis' })

it.each([
  [
    "NOPERM User u has no permissions to run the 'hset' command script: 476c53a0109c6568ab04a1b9e947aca68f957d44, on @user_script:8.",
  ],
  ['ERR Error running script (call to f_476c): @user_script:8: @user_script: 8: -OOM command not allowed'],
  ["ERR The user executing the script can't run this command or subcommand"],
])('a script refused at its first write was surely not executed: %s', (message) => {
  expect(outcome(message)).toMatchObject({ code: 'store_unavailable' })
})

it.each([
  ["ERR UNFINISHED: NOPERM User u has no permissions to run the 'hincrby' command"],
  ['ERR Error running script (call to f_476c): @user_script:14: UNFINISHED: -NOPERM this user has no permissions'],
  ['WRONGTYPE Operation against a key holding the wrong kind of value'],
])('a script that failed otherwise may have written: %s', (message) => {
  expect(outcome(message)).toMatchObject({ code: 'store_unknown' })
})

it('a host with several addresses that all refuse is told of by all of them', () => {
  const refused = ['connect ECONNREFUSED ::1:6379', 'connect ECONNREFUSED 127.0.0.1:6379']
  expect(worded(new AggregateError(refused.map((message) => new Error(message))))).toBe(refused.join('; '))
})

it('an error has neither its command nor its cause with it', () => {
  const error = Object.assign(new Error('OOM command not allowed'), { command: { args: ['content'] } })
  const told = storeError(error, { effect: 'write', from: 'Redis' })
  expect(told).not.toHaveProperty('cause')
  expect(told).not.toHaveProperty('command')
})
