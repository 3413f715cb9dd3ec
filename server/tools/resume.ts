// Carries the state of a session that was lost into this one: how a client goes on after its instance has died.
import { z } from 'zod'
import { COUNTER } from './counter.ts'
import { defineTool } from './tool.ts'

export const resumeSession = defineTool({
  name: 'resume_session',
  description: 'Copies the state of an earlier session into this one and returns how many values were copied.',
  arguments: z.object({
    old_session_id: z.string().describe('The mcp-session-id of the session to resume. Whoever knows it may read it.'),
  }),
  async run({ old_session_id }, { session }) {
    if (old_session_id === session.id) {
      // Nothing to copy, yet a use like any other. Not recorded: a repetition names the session that it goes to.
      await session.get(COUNTER)
      return { status: 'same_session' }
    }
    return { status: 'resumed', keys_copied: await session.copyFrom(old_session_id) }
  },
})
