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

interface HeadPiece extends Piece {
  readonly kind: 'head'
  readonly status: number
  readonly headers: Headers
}

interface ChunkPiece extends Piece {
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

/** About what the headers take on the wire. */
export function headBytes(headers: Headers): number {
  let bytes = 40
  headers.forEach((value, name) => {
    bytes += name.length + value.length + 4
  })
  return bytes
}
