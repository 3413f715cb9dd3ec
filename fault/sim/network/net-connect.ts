// The simulated network in place of Node's own, for whatever dials by itself on a simulated host: the server's ioredis as
// well as that of a store module which knows nothing of a simulation. Nobody else's connections are touched.
import { createRequire, syncBuiltinESMExports } from 'node:module'
import type { Socket } from 'node:net'
import { currentLife, type Life } from '../time/host.ts'
import type { Route } from './dial.ts'
import { Refused } from './dial.ts'
import { SimulatedSocket } from './socket.ts'

/** The way from a host to that address; undefined: nothing is there. */
export type RouteFrom = (life: Life, host: string, port: number) => Route | undefined

interface Address {
  readonly host: string
  readonly port: number
}

/** Replaces net.connect and net.createConnection on simulated hosts; the returned function gives them back. */
export function installNetwork(routeFrom: RouteFrom): () => void {
  const net: typeof import('node:net') = createRequire(import.meta.url)('node:net')
  const { connect, createConnection } = net
  const dialled = (...args: readonly unknown[]): Socket => {
    const life = currentLife()
    if (life === undefined) return Reflect.apply(createConnection, net, args)
    const { host, port } = addressOf(args)
    const route = routeFrom(life, host, port)
    if (route === undefined) throw new Refused(`${host}:${port}, which the simulation does not have`)
    const socket = new SimulatedSocket(route)
    const listener = args.at(-1)
    if (typeof listener === 'function') socket.once('connect', () => Reflect.apply(listener, socket, []))
    return socket
  }
  Object.assign(net, { connect: dialled, createConnection: dialled })
  syncBuiltinESMExports()
  return () => {
    Object.assign(net, { connect, createConnection })
    syncBuiltinESMExports()
  }
}

/** `{ host, port }`, or the port and then perhaps the host. */
function addressOf([first, second]: readonly unknown[]): Address {
  if (typeof first === 'object' && first !== null) {
    const port = 'port' in first ? Number(first.port) : Number.NaN
    return { port, host: 'host' in first && typeof first.host === 'string' ? first.host : 'localhost' }
  }
  return { port: Number(first), host: typeof second === 'string' ? second : 'localhost' }
}
