// From what a tool or a resource sent to the model's words. Whatever does not read as the contract says is a malformed
// answer, which no world gives; it is data to report, never an error of the harness.
import type { CallToolResult, ReadResourceResult } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import type { Answer, Call } from '../model/index.ts'

const instance = z.string()
const analysis = z.object({ total_score: z.number(), items_processed: z.number() })
const shapes = {
  increment: z.object({ counter: z.number(), instance }),
  addNote: z.object({ notes_count: z.number(), instance }),
  listNotes: z.object({ notes: z.array(z.string()), instance }),
  analyze: analysis.extend({ instance }),
  watch: z.object({
    changes: z.array(z.object({ from: z.number(), to: z.number(), at: z.number() })),
    total_changes: z.number(),
    instance,
  }),
  resume: z.discriminatedUnion('status', [
    z.object({ status: z.literal('resumed'), keys_copied: z.number(), instance }),
    z.object({ status: z.literal('same_session'), instance }),
  ]),
  summary: z.object({
    counter: z.number(),
    notes: z.array(z.string()),
    analysis_result: analysis.nullable(),
    instance,
  }),
}

export interface Read {
  readonly answer: Answer
  readonly instance?: string
}

/** Reads a tool's result. */
export function readToolResult(call: Call, result: CallToolResult): Read {
  return read(call, result.structuredContent)
}

/** Reads the summary resource. */
export function readSummary(call: Call, result: ReadResourceResult): Read {
  const [content] = result.contents
  try {
    return read(call, content && 'text' in content ? JSON.parse(content.text) : undefined)
  } catch {
    return malformed(content)
  }
}

function read(call: Call, value: unknown): Read {
  try {
    return readShape(call, value)
  } catch (error) {
    if (error instanceof z.ZodError) return malformed(value)
    throw error
  }
}

function readShape(call: Call, value: unknown): Read {
  switch (call.kind) {
    case 'increment':
    case 'getCounter': {
      const { counter, instance: by } = shapes.increment.parse(value)
      return { answer: { kind: 'counter', counter }, instance: by }
    }
    case 'addNote': {
      const { notes_count: count, instance: by } = shapes.addNote.parse(value)
      return { answer: { kind: 'notesCount', count }, instance: by }
    }
    case 'listNotes': {
      const { notes, instance: by } = shapes.listNotes.parse(value)
      return { answer: { kind: 'notes', notes }, instance: by }
    }
    case 'analyze': {
      const { instance: by, ...result } = shapes.analyze.parse(value)
      return { answer: { kind: 'analysis', analysis: analysisIn(result) }, instance: by }
    }
    case 'watch': {
      const { changes, total_changes: total, instance: by } = shapes.watch.parse(value)
      if (total !== changes.length) return malformed(value)
      return { answer: { kind: 'changes', changes }, instance: by }
    }
    case 'summary': {
      const { counter, notes, analysis_result: result, instance: by } = shapes.summary.parse(value)
      return { answer: { kind: 'summary', counter, notes, analysis: result && analysisIn(result) }, instance: by }
    }
    case 'resume': {
      const result = shapes.resume.parse(value)
      if (result.status === 'same_session') return { answer: { kind: 'sameSession' }, instance: result.instance }
      return { answer: { kind: 'resumed', keysCopied: result.keys_copied }, instance: result.instance }
    }
    default:
      return call satisfies never
  }
}

function analysisIn(result: z.infer<typeof analysis>) {
  return { items: result.items_processed, totalScore: result.total_score }
}

function malformed(value: unknown): Read {
  return { answer: { kind: 'malformed', text: JSON.stringify(value) ?? 'nothing' } }
}
