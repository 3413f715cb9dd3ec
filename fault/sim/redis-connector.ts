// How ioredis reaches a simulated Redis: its `Connector` option, over simulated sockets.
import { AbstractConnector } from 'ioredis'
import type { Listener } from './network/dial.ts'
import type { SimulatedLink } from './network/simulated-link.ts'
import { SimulatedSocket } from './network/socket.ts'
import type { World } from './time/world.ts'

export interface RedisRoute {
  readonly world: World
  readonly link: SimulatedLink
  readonly listener: Listener
}

/** A class for ioredis' `Connector` option. */
export function redisConnector({ world, link, listener }: RedisRoute) {
  return class SimulatedConnector extends AbstractConnector {
    constructor() {
      super(0)
    }

    override async connect(): Promise<SimulatedSocket> {
      this.connecting = true
      const socket = new SimulatedSocket(world, link, listener)
      this.stream = socket
      return socket
    }
  }
}
