// The two ways to an instance. What the wire promises holds on both: the balancer must change nothing of it.
import type { Stack } from '../../fault/stack.ts'

export const ROUTES = [
  { route: 'through the balancer', urlOf: ({ endpoint }: Stack) => endpoint },
  { route: 'directly', urlOf: firstInstance },
] as const

function firstInstance({ backends: [first] }: Stack): URL {
  if (first === undefined) throw new Error('the stack has no instance')
  return first.url
}
