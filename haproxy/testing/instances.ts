// What tests ask of the instances themselves, past every balancer.
import { type Backend, StackError } from '../../fault/stack.ts'

/** What an instance answers; rejects where it does not. */
export async function tell({ url }: Pick<Backend, 'url'>, path: string): Promise<string> {
  return (await fetch(new URL(path, url))).text()
}

export const tellAll = (backends: readonly Backend[], path: string) =>
  Promise.all(backends.map((backend) => tell(backend, path)))

/** How many calls all of them have executed. */
export async function executed(backends: readonly Backend[]): Promise<number> {
  return (await tellAll(backends, '/executed')).reduce((sum, count) => sum + Number(count), 0)
}

export function named<Instance extends Backend>(backends: readonly Instance[], name: string): Instance {
  const found = backends.find((backend) => backend.name === name)
  if (found === undefined) throw new StackError(`no instance is called ${name}`)
  return found
}
