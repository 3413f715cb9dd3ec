// The notes of a session, in the order they were added: state that grows, and whose order shows what overtook what.
import { z } from 'zod'
import type { Json } from '../../wire/json.ts'
import { defineTool } from './tool.ts'

export const NOTES = 'notes'

const MAX_NOTE_BYTES = 64 * 1024

/** The notes that a stored value stands for; none is an empty list. */
export function noteList(stored: Json | undefined): readonly Json[] {
  return Array.isArray(stored) ? stored : []
}

export const addNote = defineTool({
  name: 'add_note',
  description: "Appends a note to this session's notes and returns how many there are.",
  arguments: z.object({
    note: z
      .string()
      .refine((note) => Buffer.byteLength(note) <= MAX_NOTE_BYTES, 'at most 64 KiB of UTF-8')
      .describe('The text of the note, at most 64 KiB of UTF-8.'),
  }),
  run: ({ note }, { session }) =>
    session.update(NOTES, (now) => {
      const notes = [...noteList(now), note]
      return { value: notes, reply: { notes_count: notes.length } }
    }),
})

export const listNotes = defineTool({
  name: 'list_notes',
  description: "Returns this session's notes in the order they were added.",
  arguments: z.object({}),
  run: async (_args, { session }) => ({ notes: noteList(await session.get(NOTES)) }),
})
