// The simulation's thread where the package runs from its sources: loads TypeScript, which a thread must be taught anew.
import { register } from 'tsx/esm/api'

register()
export const { simulate } = await import('./simulation-worker.ts')
