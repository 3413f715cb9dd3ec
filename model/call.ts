// What an operation asks of a session and what it may be answered. The model's own words: nothing of the wire is here.

export type SessionId = string

/** A session as a call names it: the one that the try goes to, or a given one. */
export type SessionRef = 'own' | { readonly id: SessionId }

export type Call =
  | { readonly kind: 'increment' }
  | { readonly kind: 'getCounter' }
  | { readonly kind: 'addNote'; readonly note: string }
  | { readonly kind: 'listNotes' }
  | { readonly kind: 'summary'; readonly of: SessionRef }
  | { readonly kind: 'analyze'; readonly items: number }
  | { readonly kind: 'watch'; readonly seconds: number }
  | { readonly kind: 'resume'; readonly from: SessionRef }

export interface Analysis {
  readonly items: number
  readonly totalScore: number
}

/** One difference between two looks; `at` is seconds from the first look. */
export interface Change {
  readonly from: number
  readonly to: number
  readonly at: number
}

export type Answer =
  | { readonly kind: 'counter'; readonly counter: number }
  | { readonly kind: 'notesCount'; readonly count: number }
  | { readonly kind: 'notes'; readonly notes: readonly string[] }
  | {
      readonly kind: 'summary'
      readonly counter: number
      readonly notes: readonly string[]
      readonly analysis: Analysis | null
    }
  | { readonly kind: 'analysis'; readonly analysis: Analysis }
  | { readonly kind: 'changes'; readonly changes: readonly Change[] }
  | { readonly kind: 'resumed'; readonly keysCopied: number }
  | { readonly kind: 'sameSession' }
  /** An answer in no known form: no world gives it. */
  | { readonly kind: 'malformed'; readonly text: string }

/** As in RIFL: which call of which client this is, and the mark below which its client asks for nothing again. */
export interface CallKey {
  readonly client: string
  readonly seq: number
  readonly acknowledgedBelow: number
}

/** The other session that a resume copies from; `undefined` for any other call and for a resume of one's own session. */
export function resumedFrom(call: Call): SessionId | undefined {
  return call.kind === 'resume' && call.from !== 'own' ? call.from.id : undefined
}

export function sameAnswer(a: Answer, b: Answer): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The sum of 1.5 i for i = 1..items. */
export function analysisOf(items: number): Analysis {
  return { items, totalScore: 0.75 * items * (items + 1) }
}
