// One JSON-RPC message: what it says, what it changes, and whether it is one at all.
import type { Call } from './calls.ts'
import type { Effect } from './effect.ts'
import { type Members, object } from './members.ts'

export interface Message {
  /** Its JSON, as a request with that id where it is one. */
  readonly json: (id: string) => string
  readonly effects: readonly Effect[]
  /** Whether it is JSON-RPC at all: one that is not spoils the batch it is in. */
  readonly wellFormed: boolean
}

export const jsonrpc = ['jsonrpc', '"2.0"'] as const

export function request(method: string, params: string): Message {
  const json = (id: string) => object([jsonrpc, ['id', id], ['method', JSON.stringify(method)], ['params', params]])
  return { json, effects: [], wellFormed: true }
}

export function paramsOf({ tool, args, meta }: Call): Members {
  return [
    ['name', JSON.stringify(tool)],
    ['arguments', object(args)],
    ['_meta', object(meta)],
  ]
}

/** One that is never answered. */
export function quiet(members: Members): Message {
  return { json: () => object([jsonrpc, ...members]), effects: [], wellFormed: true }
}
