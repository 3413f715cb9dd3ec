// A store that does as another does. A planted bug spreads it and replaces one operation.
import type { SessionStore } from '../server/store/contract.ts'

export function wrapped(store: SessionStore): SessionStore {
  return {
    read: (...all) => store.read(...all),
    keys: (...all) => store.keys(...all),
    set: (...all) => store.set(...all),
    delete: (...all) => store.delete(...all),
    update: (...all) => store.update(...all),
    recorded: (...all) => store.recorded(...all),
    copySession: (...all) => store.copySession(...all),
    sessionCount: () => store.sessionCount(),
    ping: () => store.ping(),
    close: () => store.close(),
  }
}
