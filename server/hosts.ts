// Who may talk to the server at all: without this check any web page could, through its visitor's browser.

/** This machine's own names. */
export const LOCAL_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/** The request's host and origin, compared without port, are among those allowed. No origin is fine. */
export function isAllowed(request: Request, allowedHosts: ReadonlySet<string>): boolean {
  const host = request.headers.get('host')
  const origin = request.headers.get('origin')
  // Both, since a target that names a host of its own (`POST http://a/mcp`) goes before the header and may differ from it.
  const named = [request.url, ...(host === null ? [] : [`http://${host}`])].map(hostnameOf)
  if (!named.every((hostname) => hostname !== undefined && allowedHosts.has(hostname))) return false
  if (origin === null) return true
  const from = hostnameOf(origin)
  return from !== undefined && allowedHosts.has(from)
}

function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.toLowerCase() : undefined
}
