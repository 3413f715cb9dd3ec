// How a connection comes about: what is listened for, what is refused, and what is only silent.

import { currentLife, type Host } from '../time/host.ts'
import type { World } from '../time/world.ts'
import { Connection, type Ear, type End, type Piece } from './connection.ts'
import type { SimulatedLink } from './simulated-link.ts'

/** What a host offers to those who dial it. */
export interface Listener {
  readonly host: Host
  /** Told in its host's life of each connection; answers what it does with what it hears. */
  accept(open: (ear: Ear<Piece>) => End<Piece>): void
}

/**
 * Dials a listener over a link, for the life that calls this. A paused host's connections are opened by its system, and it
 * hears of them when it goes on; a dead one refuses, as a link does that has been told to.
 * @param ear hears the far side, from the first piece on
 */
export function dial(
  world: World,
  link: SimulatedLink,
  { host, accept }: Listener,
  ear: Ear<Piece>,
): Promise<End<Piece>> {
  return new Promise((resolve, reject) => {
    const connection = new Connection(world, link)
    connection.belongTo(currentLife(), 'down')
    const refused = () => {
      connection.abandon()
      reject(new Refused(host.name))
    }
    const life = host.life
    const knock = () => {
      if (link.refuses || life === undefined || life.phase === 'over') return refused()
      connection.belongTo(life, 'up')
      world.afterIn(life, 0, `${host.name} is dialled`, () => accept((far) => connection.open('up', far)))
      resolve(connection.open('down', ear))
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
