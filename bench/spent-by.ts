// Where processor time goes, by who spends it: the packages, the rooms of this project, and the parts of Node.
import { z } from 'zod'

const profile = z.object({
  nodes: z.array(z.object({ id: z.number(), callFrame: z.object({ functionName: z.string(), url: z.string() }) })),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
})

/**
 * Microseconds by who spent them, over the last part of a profile as `node --cpu-prof` writes it.
 * @param room names what a file of this project is part of, by its URL
 */
export function spentBy(text: string, lastMs: number, room: (url: string) => string): Map<string, number> {
  const { nodes, samples, timeDeltas } = profile.parse(JSON.parse(text))
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const spent = new Map<string, number>()
  let left = timeDeltas.reduce((sum, us) => sum + us, 0)
  samples.forEach((id, at) => {
    const us = timeDeltas[at] ?? 0
    left -= us
    const frame = frames.get(id)
    if (frame === undefined || frame.functionName === '(idle)' || left > lastMs * 1_000) return
    const who = spender(frame, room)
    spent.set(who, (spent.get(who) ?? 0) + us)
  })
  return spent
}

const WEB = /undici|webstreams|abort_controller|event_target|js_transferable|internal\/url|encoding/

interface Frame {
  readonly functionName: string
  readonly url: string
}

function spender({ functionName, url }: Frame, room: (url: string) => string): string {
  if (functionName === '(garbage collector)') return 'garbage collection'
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
  if (name !== undefined) return name
  if (url.startsWith('node:'))
    return WEB.test(url) ? 'Node: Request, Response, streams, signals' : 'Node: http, net and the rest'
  if (url.startsWith('file:')) return room(url)
  return /^(write|writev|read|shutdown)/i.test(functionName) ? 'system calls that write' : 'other native code'
}
