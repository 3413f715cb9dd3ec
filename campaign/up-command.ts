// `mcp-failproof up`: the stack as it is, on known ports, for people and their own clients, until Ctrl-C. An instance
// that ends is started again, as a container runtime would: kill one by hand and watch.
import { once } from 'node:events'
import type { ProcessStack } from '../fault/process/process-stack.ts'
import { startProcessStack } from '../fault/process/start.ts'
import { StackError } from '../fault/stack.ts'
import { type SharedFlags, targetOf } from './settings.ts'
import { EXIT, UsageError } from './usage-error.ts'

export interface UpFlags extends Omit<SharedFlags, 'idempotencyKeys'> {
  readonly port: number
  readonly statsPort: number
}

/** The server's own. */
const DEFAULT_TTL_SECONDS = 1_800

/** @returns the exit code, once `signal` aborts. @throws UsageError, StackError */
export async function upCommand(flags: UpFlags, signal: AbortSignal): Promise<number> {
  if (flags.stack !== undefined && flags.stack !== 'process')
    throw new UsageError(`--stack ${flags.stack}: clients of your own need real processes, --stack process`)
  const asked = { ...flags, stack: 'process', idempotencyKeys: true }
  const { stack: options } = await targetOf(asked, DEFAULT_TTL_SECONDS)
  const ports = { balancer: flags.port, statistics: flags.statsPort }
  const over = new AbortController()
  const ended = (name: string, how: string) => {
    if (up === undefined) return
    void restart(up, name, how).catch((error: unknown) => over.abort(error))
  }
  let up: ProcessStack | undefined
  const stack = await startProcessStack({ ...options, links: 'direct', ports, ended, signal })
  up = stack
  try {
    console.log(whereEverythingIs(stack, flags.statsPort))
    const end = AbortSignal.any([signal, over.signal])
    if (!end.aborted) await once(end, 'abort')
    if (!signal.aborted) throw over.signal.reason
  } finally {
    await stack.close()
  }
  return EXIT.ok
}

async function restart(stack: ProcessStack, name: string, how: string): Promise<void> {
  const backend = stack.backends.find((each) => each.name === name)
  if (backend === undefined) throw new StackError(`${name} ended (${how}): without it there is no stack`)
  console.log(`${name} ended (${how}); it is started again.`)
  await backend.start()
  console.log(`${name} is up, process ${stack.processes.get(name)}.`)
}

function whereEverythingIs(stack: ProcessStack, statsPort: number): string {
  const process = (name: string) => `process ${stack.processes.get(name)}`
  const rows = [
    ['endpoint', stack.endpoint.href, process('haproxy')],
    ['statistics', `http://127.0.0.1:${statsPort}/stats`, ''],
    ...stack.backends.map(({ name, url }) => [name, url.href, process(name)]),
    ['redis', stack.redis.url, process('redis')],
    ['logs', stack.folder, 'removed at the end'],
  ]
  const lines = rows.map(([what = '', where = '', more = '']) => `  ${what.padEnd(14)}${where.padEnd(36)}${more}`)
  return ['The stack is up. Ctrl-C ends it.', ...lines.map((line) => line.trimEnd())].join('\n')
}
