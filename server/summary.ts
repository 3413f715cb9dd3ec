// The summary of a session as a resource. Its id is cut out of the raw URI and decoded here: whatever normalises the
// URI first takes `.`, `..` and the empty id for something else.
import { ErrorCode, McpError, type ReadResourceResult } from '@modelcontextprotocol/sdk/types.js'
import { isStoreError, type SessionStore } from './store/contract.ts'
import { ANALYSIS_RESULT } from './tools/analyze.ts'
import { COUNTER, counterValue } from './tools/counter.ts'
import { NOTES, noteList } from './tools/notes.ts'

const MIME_TYPE = 'application/json'

export const SUMMARY_TEMPLATE = {
  name: 'session_summary',
  uriTemplate: 'resource://session/{session_id}/summary',
  description: "A session's counter, notes and analysis result. Whoever knows the id may read it.",
  mimeType: MIME_TYPE,
} as const

const SUMMARY_URI = /^resource:\/\/session\/([^/]*)\/summary$/

export interface SummaryContext {
  /** The session that reads. Another's summary is read without sliding its deadline. */
  readonly sessionId: string
  readonly store: SessionStore
  readonly ttlMs: number
  readonly instance: string
}

export async function readSummary(uri: string, context: SummaryContext): Promise<ReadResourceResult> {
  const id = summarizedId(uri)
  const { instance, store, ttlMs } = context
  const slide = id === context.sessionId ? { ttl: ttlMs } : {}
  try {
    const state = await store.read(id, [COUNTER, NOTES, ANALYSIS_RESULT], slide)
    const summary = {
      session_id: id,
      counter: counterValue(state.get(COUNTER)),
      notes: noteList(state.get(NOTES)),
      analysis_result: state.get(ANALYSIS_RESULT) ?? null,
      instance,
    }
    return { contents: [{ uri, mimeType: MIME_TYPE, text: JSON.stringify(summary) }] }
  } catch (error) {
    if (!isStoreError(error)) throw error
    const { code, message } = error
    throw new McpError(ErrorCode.InternalError, message, { error: { code, message }, instance })
  }
}

function summarizedId(uri: string): string {
  const encoded = SUMMARY_URI.exec(uri)?.[1]
  if (encoded === undefined) throw new McpError(ErrorCode.InvalidParams, `Resource ${uri} not found`)
  try {
    return decodeURIComponent(encoded)
  } catch {
    throw new McpError(ErrorCode.InvalidParams, `Bad percent-encoding in ${uri}`)
  }
}
