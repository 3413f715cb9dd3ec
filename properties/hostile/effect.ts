// What a request may do to the session it is for: so little that the state after any number of them is known exactly.

/** What one valid call changes. */
export type Effect = { readonly kind: 'increment' } | { readonly kind: 'note'; readonly note: string }

export interface State {
  readonly counter: number
  /** Sorted: calls of one batch have no order. */
  readonly notes: readonly string[]
}

/** The state of a session that was new before those effects. */
export function stateAfter(effects: readonly Effect[]): State {
  const notes = effects.flatMap((effect) => (effect.kind === 'note' ? [effect.note] : []))
  return { counter: effects.length - notes.length, notes: notes.sort() }
}
