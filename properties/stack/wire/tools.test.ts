// What tools answer to calls that are wrong, and the limits of their arguments, to the byte.
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { deadlineOf } from '../deadline.ts'
import { describeOnTiers } from '../on-tiers.ts'
import { ROUTES } from '../routes.ts'
import { answerOf, openSession, toolCall } from './session.ts'

const KIB_64 = 64 * 1024

const described = z.string().min(1)
const toolsShape = z.object({
  tools: z.array(
    z.strictObject({
      name: z.string(),
      description: described,
      inputSchema: z.object({
        type: z.literal('object'),
        properties: z.record(z.string(), z.object({ description: described })).optional(),
      }),
    }),
  ),
})

const BAD_ARGUMENTS = [
  { name: 'add_note', argument: 'note', is: 'missing', args: {} },
  { name: 'add_note', argument: 'note', is: 'a number', args: { note: 1 } },
  { name: 'add_note', argument: 'note', is: 'null', args: { note: null } },
  { name: 'add_note', argument: 'note', is: 'a byte over 64 KiB', args: { note: 'x'.repeat(KIB_64 + 1) } },
  {
    name: 'add_note',
    argument: 'note',
    is: 'a byte over, half the letters',
    args: { note: `${'é'.repeat(KIB_64 / 2)}x` },
  },
  { name: 'analyze_data', argument: 'num_items', is: 'missing', args: {} },
  { name: 'analyze_data', argument: 'num_items', is: 'below 0', args: { num_items: -1 } },
  { name: 'analyze_data', argument: 'num_items', is: 'over 1000', args: { num_items: 1001 } },
  { name: 'analyze_data', argument: 'num_items', is: 'no integer', args: { num_items: 1.5 } },
  { name: 'analyze_data', argument: 'num_items', is: 'a string', args: { num_items: '1' } },
  { name: 'watch_counter', argument: 'duration_seconds', is: 'missing', args: {} },
  { name: 'watch_counter', argument: 'duration_seconds', is: 'below 0', args: { duration_seconds: -1 } },
  { name: 'watch_counter', argument: 'duration_seconds', is: 'no integer', args: { duration_seconds: 0.5 } },
  { name: 'resume_session', argument: 'old_session_id', is: 'missing', args: {} },
  { name: 'resume_session', argument: 'old_session_id', is: 'a number', args: { old_session_id: 1 } },
]

describeOnTiers('a tool', { ttlMs: 30_000 }, ({ it, itOnProcesses }) => {
  describe.each(ROUTES)('$route', ({ urlOf }) => {
    it('is described, with each of its arguments, and declares no shape of its results', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const { result } = await answerOf(await session.post({ jsonrpc: '2.0', id: 1, method: 'tools/list' }))
      const { tools } = toolsShape.parse(result)
      expect(tools.map(({ name, inputSchema }) => [name, ...Object.keys(inputSchema.properties ?? {})])).toEqual([
        ['increment_counter'],
        ['get_counter'],
        ['add_note', 'note'],
        ['list_notes'],
        ['get_server_info'],
        ['get_status'],
        ['analyze_data', 'num_items'],
        ['watch_counter', 'duration_seconds'],
        ['resume_session', 'old_session_id'],
      ])
    })

    it.for(['nope', '', 'constructor', '__proto__', 'increment_counter '])(
      'that is unknown, %j, is a tool error',
      async (name, stack) => {
        const { isError, content } = await (await openSession(stack, urlOf(stack))).tool(name)
        expect(isError).toBe(true)
        expect(content).toEqual([{ type: 'text', text: `MCP error -32602: Tool ${name} not found` }])
      },
    )

    // Deadlines are read from Redis by its address, at which the simulation has none for the harness.
    itOnProcesses.for(BAD_ARGUMENTS)(
      '$name whose $argument is $is is a tool error that names it, and changes nothing',
      async (bad, stack) => {
        const session = await openSession(stack, urlOf(stack))
        await session.tool('add_note', { note: 'kept' })
        const deadline = await deadlineOf(stack, session.id)
        const { isError, content } = await session.tool(bad.name, bad.args)
        expect(isError).toBe(true)
        expect(content[0].text).toContain(bad.argument)
        expect(await deadlineOf(stack, session.id)).toBe(deadline)
        expect((await session.tool('list_notes')).structuredContent).toMatchObject({ notes: ['kept'] })
      },
    )

    // Deadlines are read from Redis by its address, at which the simulation has none for the harness.
    itOnProcesses.for([
      ['no name', { arguments: {} }],
      ['a name that is no string', { name: 1 }],
      ['arguments of null', { name: 'increment_counter', arguments: null }],
      ['arguments that are a list', { name: 'increment_counter', arguments: [] }],
      ['arguments that are a string', { name: 'increment_counter', arguments: 'x' }],
      ['no params at all', undefined],
    ])('that is called with %s is a JSON-RPC error, and nothing is done', async ([, params], stack) => {
      const session = await openSession(stack, urlOf(stack))
      const reply = await session.post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })
      expect(reply.status).toBe(200)
      expect(await answerOf(reply)).toMatchObject({ id: 1, error: { code: -32602 } })
      expect(await deadlineOf(stack, session.id)).toBe(-2)
    })

    it('add_note takes exactly 64 KiB of UTF-8', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const notes = ['x'.repeat(KIB_64), 'é'.repeat(KIB_64 / 2), '🎼'.repeat(KIB_64 / 4)]
      for (const [at, note] of notes.entries()) {
        expect((await session.tool('add_note', { note })).structuredContent).toMatchObject({ notes_count: at + 1 })
      }
      expect((await session.tool('list_notes')).structuredContent).toMatchObject({ notes })
    })

    it('analyze_data takes 0 items, and begins with 1000', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const none = await session.tool('analyze_data', { num_items: 0 })
      expect(none.structuredContent).toMatchObject({ items_processed: 0, total_score: 0 })
      const many = await session.post(toolCall('analyze_data', { num_items: 1000 }, { id: 'many' }))
      await many.heard(/Starting analysis of 1000 items on mcp-server-[123]"/)
    })

    it.for([31, 1_000_000])('watch_counter takes %i seconds as 30', async (duration_seconds, stack) => {
      const session = await openSession(stack, urlOf(stack))
      const meta = { progressToken: 'p' }
      const watch = await session.post(toolCall('watch_counter', { duration_seconds }, { meta }))
      await watch.heard(/Watching counter for 30s \(current: 0\)/)
      await watch.heard(/"progress":0,"total":30,/)
    })

    it('watch_counter takes 0 seconds, and 30 as they are', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const none = await session.tool('watch_counter', { duration_seconds: 0 })
      expect(none.structuredContent).toMatchObject({ changes: [], total_changes: 0 })
      const watch = await session.post(toolCall('watch_counter', { duration_seconds: 30 }))
      await watch.heard(/Watching counter for 30s/)
    })
  })
})
