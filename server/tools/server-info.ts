// What the instance and its store tell of themselves. Neither tool uses the session that calls it.
import { z } from 'zod'
import { defineTool } from './tool.ts'

export const getServerInfo = defineTool({
  name: 'get_server_info',
  description: 'Returns the instance that serves this session and how many sessions are live in the store.',
  arguments: z.object({}),
  run: async (_args, { host }) => ({ sessions: await host.sessionCount() }),
})

export const getStatus = defineTool({
  name: 'get_status',
  description: "Returns the instance's uptime, how many sessions are live in the store, and the time.",
  arguments: z.object({}),
  run: async (_args, { host }) => ({
    // Never 0, so that whoever sees it can tell that it runs.
    uptime_seconds: Math.max(1, Math.round(host.uptimeMs() / 100)) / 10,
    active_sessions: await host.sessionCount(),
    timestamp: host.clock.date().toISOString(),
  }),
})
