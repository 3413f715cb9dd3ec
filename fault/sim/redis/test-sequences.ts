// Draws what a client of Redis may send: commands, the scripts of the session store, and small scripts of its own.
import fc from 'fast-check'
import { DELETE_LUA } from '../../../server/store/delete.lua.ts'
import { READ_LUA } from '../../../server/store/read.lua.ts'
import { WRITE_LUA } from '../../../server/store/write.lua.ts'
import { sumOf } from './lua/sum.ts'
import {
  administration,
  dataCommands,
  keys,
  listings,
  miscounted,
  type Request,
  request,
  some,
  texts,
} from './test-commands.ts'
import { scripts } from './test-scripts.ts'

export type Step =
  | { readonly send: Request }
  | { readonly refuse: 'full' | 'read-only'; readonly switched: 'on' | 'off' }

const revisions = fc.constantFrom('', '*', '5', '1')
const own = fc.constantFrom('v"x"', 'v"y"', 'o"c"')
const times = fc.constantFrom('5000000', '9000000', '', '-1', 'x')

/** The arguments that follow the keys of a script of the store. */
const storeScripts = fc.oneof(
  fc.tuple(fc.constant(READ_LUA), times, fc.array(own, { maxLength: 3 })),
  fc.tuple(
    fc.constant(DELETE_LUA),
    own,
    times.map((time) => [time]),
  ),
  fc.tuple(
    fc.constant(WRITE_LUA),
    revisions,
    fc.tuple(times, some(own, texts)).map((drawn) => drawn.flat()),
  ),
)

const storeCalls: fc.Arbitrary<Request> = fc
  .tuple(storeScripts, keys, fc.boolean())
  .map(([[lua, first, rest], key, isKnown]) =>
    isKnown ? ['EVALSHA', sumOf(lua), '1', key, first, ...rest] : ['EVAL', lua, '1', key, first, ...rest],
  )

const ownCalls: fc.Arbitrary<Request> = fc
  .tuple(scripts(dataCommands), fc.array(keys, { maxLength: 2 }), fc.array(texts, { maxLength: 3 }))
  .map(([lua, names, args]) => ['EVAL', lua, String(names.length), ...names, ...args])

const badCalls: fc.Arbitrary<Request> = fc.oneof(
  request('EVAL', 'return 1', fc.constantFrom('x', '-1', '2', '1'), fc.array(texts, { maxLength: 1 })),
  request('EVAL', fc.constantFrom('return x x', 'return (', 'x = = 1', 'return 7 // 2'), '0'),
  request('EVALSHA', fc.constantFrom('x', 'f'.repeat(40)), fc.constantFrom('0', 'x')),
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: dataCommands.map((send) => ({ send })) },
  { weight: 1, arbitrary: listings.map((send) => ({ send })) },
  { weight: 2, arbitrary: miscounted.map((send) => ({ send })) },
  { weight: 6, arbitrary: storeCalls.map((send) => ({ send })) },
  { weight: 8, arbitrary: ownCalls.map((send) => ({ send })) },
  { weight: 2, arbitrary: administration.map((send) => ({ send })) },
  { weight: 1, arbitrary: badCalls.map((send) => ({ send })) },
  {
    weight: 1,
    arbitrary: fc.record({
      refuse: fc.constantFrom('full' as const, 'read-only' as const),
      switched: fc.constantFrom('on' as const, 'off' as const),
    }),
  },
)

export const sequences: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 1, maxLength: 25 })
