// Which sessions can still matter: those that the client holds or may resume from, and those that somebody may yet copy
// into one of these.
import { hasBit, NO_SESSION, type State, withBit } from './state.ts'

/** Bit per session. */
export function inPlay({ client, network, store, fork }: State): number {
  let played = withBit(withBit(0, client.confirmed), client.opened)
  if (client.current !== NO_SESSION) played = withBit(played, client.current)
  if (fork.phase === 'asked') played = withBit(played, fork.from)
  const arriving = network.resumes.filter(({ undelivered }) => undelivered > 0 || network.duplicates > 0)
  const routes = [...arriving, ...store.copying.map(({ request }) => request)]
  for (let before = -1; before !== played; ) {
    before = played
    for (const { from, to } of routes) if (hasBit(played, to)) played = withBit(played, from)
  }
  return played
}
