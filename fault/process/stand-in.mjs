// A small server for the tests of this folder: it answers with its name, and does what it is told to by its URL. Plain
// JavaScript, so that it starts at once on any Node.
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const { HOST, PORT, INSTANCE_ID, REDIS_URL } = process.env
let health = 200
let executed = 0
let running = 0

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

const actions = {
  '/health': () => '',
  '/mcp': async (query) => {
    executed++
    await sleep(Number(query.get('ms') ?? 0))
    return INSTANCE_ID
  },
  '/lose': (_query, request) => {
    executed++
    request.socket.destroy()
  },
  '/executed': () => `${executed}`,
  '/redis': () => ping(),
  '/set-health': (query) => {
    health = Number(query.get('status'))
    return 'set'
  },
  '/crash': () => {
    console.error('the stand-in was told to crash')
    process.exit(7)
  },
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://stand-in')
  const session = request.headers['mcp-session-id']
  if (!/^(localhost|127\.0\.0\.1)(:|$)/.test(request.headers.host ?? '')) {
    response.writeHead(403).end()
    return
  }
  running++
  try {
    const text = await actions[pathname](searchParams, request)
    response.writeHead(pathname === '/health' ? health : 200, session ? { 'mcp-session-id': session } : {})
    response.end(text)
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
