// What happens by itself on a stack, awaited on its own clock: with a limit, since on processes nothing else ends a wait.
import { type BalancerView, type Link, type Stack, StackError } from '../stack.ts'

const LIMIT_MS = 15_000
const EVERY_MS = 10

/** @returns how many milliseconds it took */
export async function eventually(stack: Stack, what: string, look: () => Promise<boolean>): Promise<number> {
  const began = stack.clock.now()
  while (!(await look())) {
    if (stack.clock.now() - began > LIMIT_MS) throw new StackError(`in vain: ${what}`)
    await stack.clock.sleep(EVERY_MS)
  }
  return stack.clock.now() - began
}

/** What the balancer says of an instance. */
export async function stateOf(stack: Stack, instance: string): Promise<BalancerView['status'] | undefined> {
  return (await stack.balancer.states()).get(instance)?.status
}

/** Until the balancer says that. */
export function becomes(stack: Stack, instance: string, status: BalancerView['status']): Promise<number> {
  return eventually(stack, `${instance} becomes ${status}`, async () => (await stateOf(stack, instance)) === status)
}

/** What it did, and how many milliseconds that took. */
export async function timed<Result>(stack: Stack, what: () => Promise<Result>): Promise<readonly [Result, number]> {
  const began = stack.clock.now()
  const result = await what()
  return [result, stack.clock.now() - began]
}

/** An instance and the ways to it and from it. */
export function instanceOf(stack: Stack, name: string) {
  const at = stack.backends.findIndex((each) => each.name === name)
  const backend = stack.backends[at]
  const fromBalancer = stack.links.get(`backend:${at + 1}`)
  const toRedis = stack.links.get(`redis:${at + 1}`)
  if (!backend || !fromBalancer || !toRedis) throw new StackError(`no instance ${name}`)
  return { backend, fromBalancer, toRedis }
}

export function clientLink({ links }: Stack): Link {
  const link = links.get('client')
  if (!link) throw new StackError('the stack has no link of its clients')
  return link
}

/** Its next request comes on a connection of its own: every one that there is is closed. */
export async function newConnection(stack: Stack): Promise<void> {
  await clientLink(stack).reset()
  await stack.clock.sleep(EVERY_MS)
}

/** Resolves when writes are watched; `written` when there is one. */
export async function nextWrite(stack: Stack): Promise<{ readonly written: Promise<void> }> {
  const watching = new AbortController()
  let heard = () => {}
  const written = new Promise<void>((resolve) => {
    heard = () => {
      watching.abort()
      resolve()
    }
  })
  await stack.redis.watchWrites(() => heard(), watching.signal)
  return { written }
}
