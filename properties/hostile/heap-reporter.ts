// Loaded into the server's process before the server: tells, when asked over IPC, the bytes of heap in use after
// collection. So the process that is measured is the real one, and knows nothing of it.

const collect = globalThis.gc
if (collect === undefined) throw new Error('start this with --expose-gc')

process.on('message', async () => {
  // Finalizers of one pass free what only the next one finds.
  for (let pass = 0; pass < 3; pass++) await collect({ type: 'major', execution: 'async' })
  process.send?.({ heap: process.memoryUsage().heapUsed })
})
