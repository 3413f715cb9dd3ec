// A small server for the tests of this folder and of the balancer's file: it answers with its name, and does what it is
// told to by its URL. Plain JavaScript, so that it starts at once on any Node.
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const { HOST, PORT, INSTANCE_ID, REDIS_URL } = process.env
let health = 200
let executed = 0
let running = 0
/** Sessions that were opened here. */
const held = new Set()
/** The streams that run, and the sessions whose stream its client has left, by the session. */
const streams = new Map()
const left = []

/** What Redis says through this instance's link. */
function ping() {
  const { hostname, port } = new URL(REDIS_URL)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write('PING\r\n'))
    socket.on('data', (data) => {
      resolve(`${data}`.trim())
      socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('closed')))
  })
}

/** Each gets the query, the session, the request and the response, and answers with a text, or by itself. */
const actions = {
  '/health': () => '',
  '/mcp': async ({ query }) => {
    executed++
    await sleep(Number(query.get('ms') ?? 0))
    return INSTANCE_ID
  },
  '/open': ({ query, response }) => {
    held.add(query.get('session'))
    response.setHeader('mcp-session-id', query.get('session'))
    return INSTANCE_ID
  },
  '/lose': ({ request }) => {
    executed++
    request.socket.destroy()
  },
  '/lose-held': ({ session, request, response }) => {
    if (!held.has(session)) response.writeHead(404).end('no such session')
    else actions['/lose']({ request })
  },
  '/executed': () => `${executed}`,
  '/stream': ({ session, response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'mcp-session-id': session })
    response.write(`${INSTANCE_ID}\n`)
    streams.set(session, response)
    response.on('close', () => {
      streams.delete(session)
      if (!response.writableEnded) left.push(session)
    })
  },
  '/say': async ({ query }) => {
    streams.get(query.get('session'))?.write(`${query.get('text')}\n`)
    await sleep(Number(query.get('ms') ?? 0))
    return 'said'
  },
  '/end': ({ query }) => {
    streams.get(query.get('session'))?.end()
    return 'ended'
  },
  '/streams': () => [...streams.keys()].join(),
  '/left': () => left.join(),
  '/redis': () => ping(),
  '/set-health': ({ query }) => {
    health = Number(query.get('status'))
    return 'set'
  },
  '/close-listener': () => {
    server.close()
    return 'closed'
  },
  '/crash': () => {
    console.error('the stand-in was told to crash')
    process.exit(7)
  },
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams: query } = new URL(request.url, 'http://stand-in')
  const session = request.headers['mcp-session-id']
  if (!/^(localhost|127\.0\.0\.1)(:|$)/.test(request.headers.host ?? '')) {
    response.writeHead(403).end()
    return
  }
  running++
  try {
    if (session) response.setHeader('mcp-session-id', session)
    const text = await actions[pathname]({ query, session, request, response })
    if (text === undefined) return
    response.writeHead(pathname === '/health' ? health : 200).end(text)
  } catch (error) {
    response.writeHead(500).end(`${error}`)
  } finally {
    running--
  }
})
server.keepAliveTimeout = 60_000
console.log(`${INSTANCE_ID} starts`)
if (process.env.FAIL) throw new Error(process.env.FAIL)
setTimeout(() => server.listen(Number(PORT), HOST), Number(process.env.SLOW_MS ?? 0))

process.on('SIGTERM', async () => {
  health = 404
  await sleep(50)
  while (running > 0) await sleep(5)
  process.exit(0)
})
