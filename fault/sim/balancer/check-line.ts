// How a backend's servers are asked whether they are well: by a mere connection, or by a request.
import type { Line } from './line.ts'

interface HttpCheck {
  readonly method: string
  readonly uri: string
  readonly version: string
  readonly headers: readonly (readonly [name: string, value: string])[]
}

export interface CheckSettings {
  /** Whether `option httpchk` stands there: without it a connection that is accepted is a check that passes. */
  readonly asks: 'connection' | 'request'
  readonly request: HttpCheck
  /** Whether one that answers 404 is well and draining. */
  readonly disableOn404: boolean
}

export const UNCHECKED: CheckSettings = {
  asks: 'connection',
  request: { method: 'OPTIONS', uri: '/', version: 'HTTP/1.0', headers: [] },
  disableOn404: false,
}

const METHOD = /^[A-Z]+$/
const URI = /^[/*]\S*$/
const VERSION = /^HTTP\/1\.[01]$/

/** The rest of an `option httpchk` line: [URI], or METHOD URI [VERSION]. */
export function withHttpchk(settings: CheckSettings, line: Line): CheckSettings {
  const asking: CheckSettings = { ...settings, asks: 'request' }
  if (line.isAtEnd) return asking
  const [first] = line.matching(/^(?:[/*]\S*|[A-Z]+)$/, 'a URI, or a method and a URI')
  if (!METHOD.test(first)) return { ...asking, request: { ...asking.request, uri: first } }
  const [uri] = line.matching(URI, 'a URI')
  const version = line.isAtEnd ? asking.request.version : line.matching(VERSION, 'HTTP/1.0 or HTTP/1.1')[0]
  return { ...asking, request: { ...asking.request, method: first, uri, version } }
}

/** The rest of an `http-check` line. */
export function withHttpCheck(settings: CheckSettings, line: Line): CheckSettings {
  if (line.oneOf('send', 'disable-on-404') === 'disable-on-404') return { ...settings, disableOn404: true }
  let { method, uri, version } = settings.request
  const headers: [string, string][] = []
  do {
    const part = line.oneOf('meth', 'uri', 'ver', 'hdr')
    if (part === 'meth') method = line.matching(METHOD, 'a method')[0]
    else if (part === 'uri') uri = line.matching(URI, 'a URI')[0]
    else if (part === 'ver') version = line.matching(VERSION, 'HTTP/1.0 or HTTP/1.1')[0]
    else headers.push([line.matching(/^[\w-]+$/, 'the name of a header')[0], line.word('its value')])
  } while (!line.isAtEnd)
  return { ...settings, request: { method, uri, version, headers } }
}
