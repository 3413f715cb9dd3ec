// What HAProxy itself answers, to the byte.

export type ErrorStatus = 400 | 408 | 502 | 503 | 504

const REASONS = {
  400: ['Bad request', 'Your browser sent an invalid request.'],
  408: ['Request Time-out', "Your browser didn't send a complete request in time."],
  502: ['Bad Gateway', 'The server returned an invalid or incomplete response.'],
  503: ['Service Unavailable', 'No server is available to handle this request.'],
  504: ['Gateway Time-out', "The server didn't respond in time."],
} as const

export interface ErrorPage {
  readonly status: ErrorStatus
  readonly reason: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

export function errorPage(status: ErrorStatus): ErrorPage {
  const [reason, text] = REASONS[status]
  const body = `<html><body><h1>${status} ${reason}</h1>\n${text}\n</body></html>\n`
  const headers = [
    ['content-length', `${body.length}`],
    ['cache-control', 'no-cache'],
    ['content-type', 'text/html'],
  ] as const
  return { status, reason, headers, body }
}
