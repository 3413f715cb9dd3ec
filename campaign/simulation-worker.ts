// A thread that does nothing but simulate: first the messages that it uses, then everything that is loaded with them.
import '../fault/sim/web/preload.ts'

export const { simulate } = await import('./simulate.ts')
