// What travels on a simulated HTTP connection: a request in one piece, its answer in as many as it comes in.
import type { Piece } from '../network/connection.ts'

export interface RequestPiece extends Piece {
  readonly kind: 'request'
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: Headers
  readonly body: Uint8Array | undefined
}

export interface HeadPiece extends Piece {
  readonly kind: 'head'
  readonly status: number
  readonly headers: Headers
}

export interface ChunkPiece extends Piece {
  readonly kind: 'chunk'
  readonly data: Uint8Array
}

interface EndPiece extends Piece {
  readonly kind: 'end'
}

export type HttpPiece = RequestPiece | HeadPiece | ChunkPiece | EndPiece

const KINDS: readonly unknown[] = ['request', 'head', 'chunk', 'end'] satisfies HttpPiece['kind'][]

export function isHttp(piece: Piece): piece is HttpPiece {
  return 'kind' in piece && KINDS.includes(piece.kind)
}

/** About what a request line and headers take on the wire. */
const HEAD_BYTES = 240

export function request(method: string, target: string, headers: Headers, body?: Uint8Array): RequestPiece {
  return { kind: 'request', method, target, headers, body, bytes: HEAD_BYTES + (body?.byteLength ?? 0) }
}

export function head(status: number, headers: Headers): HeadPiece {
  return { kind: 'head', status, headers, bytes: HEAD_BYTES }
}

/** A chunk is whole or in part on the wire: bytes that arrive before a stream breaks are read. */
export function chunk(data: Uint8Array): ChunkPiece {
  return { kind: 'chunk', data, bytes: data.byteLength, first: (bytes) => chunk(data.subarray(0, bytes)) }
}

export const END: EndPiece = { kind: 'end', bytes: 0 }
