// How a connection comes about: what is listened for, what is refused, and what is only silent.

import { currentLife, type Host } from '../time/host.ts'
import type { World } from '../time/world.ts'
import { Connection, type Ear, type End, type Piece } from './connection.ts'
import type { SimulatedLink } from './simulated-link.ts'

/** What a host offers to those who dial it. */
export interface Listener {
  readonly host: Host
  /** Whether it listens, while its host is up: always, where that is not said. */
  readonly listens?: () => boolean
  /** Told in its host's life of each connection, when the first piece comes on it; answers what it does with those. */
  accept(open: (ear: Ear<Piece>) => End<Piece>): void
}

/** A way to a listener. */
export interface Route {
  readonly world: World
  readonly link: SimulatedLink
  readonly listener: Listener
}

/**
 * Dials a listener over a link, for the life that calls this. A paused host's connections are opened by its system, and it
 * hears of them when it goes on. A dead one refuses, or where the link accepts for it, the connection is closed at once.
 * @param ear hears the far side, from the first piece on
 * @throws Refused
 */
export function dial({ world, link, listener }: Route, ear: Ear<Piece>): Promise<End<Piece>> {
  const { host, accept, listens = () => true } = listener
  return new Promise((resolve, reject) => {
    const connection = new Connection(world, link)
    connection.belongTo(currentLife(), 'down')
    const knock = () => {
      const life = host.life
      const isThere = life !== undefined && life.phase !== 'over' && listens()
      if (link.refuses || (!isThere && link.farEnd === 'refuses')) {
        if (world.isLogged) world.note('refused', `by ${host.name} over ${link.name}`)
        connection.abandon()
        reject(new Refused(host.name))
        return
      }
      resolve(connection.open('down', ear))
      if (!isThere) {
        connection.reset()
        return
      }
      connection.belongTo(life, 'up', () => accept((far) => connection.open('up', far)))
    }
    world.after(link.dialUs(), `dialling ${host.name} over ${link.name}`, knock)
  })
}

/** Nobody listens. */
export class Refused extends Error {
  override readonly name = 'Refused'

  constructor(host: string) {
    super(`connect ECONNREFUSED ${host}`)
  }
}
