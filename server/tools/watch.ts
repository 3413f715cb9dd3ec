// A long call that only looks: what shows whether a stream survives, and keeps its session alive while it runs.
import { z } from 'zod'
import { COUNTER, counterValue } from './counter.ts'
import { defineTool } from './tool.ts'

const MAX_SECONDS = 30
const LOOK_MS = 500

export const watchCounter = defineTool({
  name: 'watch_counter',
  description: "Watches this session's counter for a while and returns each change that it saw.",
  arguments: z.object({
    duration_seconds: z.int().min(0).describe('How long to watch, in seconds; over 30 is taken as 30.'),
  }),
  async run({ duration_seconds }, call) {
    const { session, signal, host } = call
    const duration = Math.min(duration_seconds, MAX_SECONDS)
    const started = host.clock.now()
    const look = async () => counterValue(await session.get(COUNTER))
    let seen = await look()
    await call.log('info', `Watching counter for ${duration}s (current: ${seen})`)
    await call.progress(0, duration, 'Watching...')
    const changes: { from: number; to: number; at: number }[] = []
    for (let ms = LOOK_MS; ms <= duration * 1000; ms += LOOK_MS) {
      // From the start on, not from the last look: a slow store must not make the watch longer.
      await host.clock.sleep(Math.max(0, started + ms - host.clock.now()), signal)
      const now = await look()
      await call.progress(ms / 1000, duration, 'Watching...')
      if (now !== seen) {
        changes.push({ from: seen, to: now, at: ms / 1000 })
        await call.log('info', `Counter changed: ${seen} -> ${now}`)
        seen = now
      }
    }
    await call.log('info', `Watch complete. ${changes.length} change(s) detected.`)
    return { changes, total_changes: changes.length }
  },
})
