// What each fault of a link does, seen by real TCP connections through the real Toxiproxy.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWithTools } from './process/needs-tools.ts'
import { startToxiproxy } from './process/parts.ts'
import { freePorts } from './process/ports.ts'
import { Site } from './process/site.ts'
import { toolPaths } from './process/tools.ts'
import { openLinks, type ProxiedLink } from './toxiproxy.ts'

/** Long enough that bytes which could arrive would have. */
const SILENCE_MS = 80

/** A client's end of a connection: what it has received, and whether the connection was closed. */
class Caller {
  readonly socket: Socket
  readonly closed: Promise<unknown>
  received = ''
  isClosed = false
  #changed: () => void = () => undefined

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1')
    this.socket.setEncoding('utf8')
    this.socket.on('data', (part: string) => {
      this.received += part
      this.#changed()
    })
    this.socket.on('error', () => undefined)
    this.closed = new Promise<void>((resolve) => {
      this.socket.on('close', () => {
        this.isClosed = true
        resolve()
      })
    })
  }

  send(text: string): this {
    this.socket.write(text)
    return this
  }

  async receives(text: string): Promise<void> {
    while (this.received !== text) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
  }
}

describeWithTools('a link', () => {
  let site: Site
  let upstream: Server
  let upstreamSockets: Socket[]
  let seen: string[]
  let links: ReadonlyMap<string, ProxiedLink>
  let link: ProxiedLink
  let port: number
  const callers: Caller[] = []

  /** A connection that has proved to work. */
  async function connected(): Promise<Caller> {
    const caller = call()
    await caller.send('hello;').receives('hello;')
    caller.received = ''
    return caller
  }

  function call(): Caller {
    const caller = new Caller(port)
    callers.push(caller)
    return caller
  }

  beforeEach(async () => {
    seen = []
    upstreamSockets = []
    upstream = createServer((socket) => {
      upstreamSockets.push(socket)
      socket.setEncoding('utf8')
      socket.on('error', () => undefined)
      socket.on('data', (text: string) => {
        seen.push(text)
        socket.write(text)
      })
    })
    upstream.listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    const { port: echo }: Partial<AddressInfo> = Object(upstream.address())
    const [api = 0, listen = 0] = await freePorts(2)
    port = listen
    site = new Site(undefined)
    const toxiproxy = await startToxiproxy(site, toolPaths()['toxiproxy-server'], api)
    links = await openLinks(toxiproxy, [
      { name: 'client', listen: `127.0.0.1:${listen}`, upstream: `127.0.0.1:${echo}` },
    ])
    const opened = links.get('client')
    if (opened === undefined) throw new Error('the link was not opened')
    link = opened
  })

  afterEach(async () => {
    for (const caller of callers.splice(0)) caller.socket.destroy()
    upstream.close()
    await site.close()
  })

  it('that is cut is silent, accepts, and closes what lost bytes when it heals', async () => {
    const before = await connected()
    seen = []
    await link.cut()
    const during = call()
    before.send('lost;')
    during.send('lost;')
    await once(during.socket, 'connect')
    await sleep(SILENCE_MS)
    expect({ seen, received: before.received, closed: before.isClosed || during.isClosed }).toEqual({
      seen: [],
      received: '',
      closed: false,
    })
    await link.heal()
    await Promise.all([before.closed, during.closed])
    await connected()
  })

  it('that is reset closes every connection and takes new ones', async () => {
    const idle = await connected()
    const other = await connected()
    await link.reset()
    await Promise.all([idle.closed, other.closed])
    await connected()
  })

  it('that is delayed adds its latency both ways, in order, and loses nothing when it heals', async () => {
    const caller = await connected()
    await link.delay({ ms: 60 })
    const sent = performance.now()
    await caller.send('a;').receives('a;')
    expect(performance.now() - sent).toBeGreaterThanOrEqual(118)
    for (const text of ['b;', 'c;', 'd;']) {
      caller.send(text)
      await sleep(2)
    }
    await link.heal()
    await caller.receives('a;b;c;d;')
    expect(caller.isClosed).toBe(false)
  })

  it('that drops replies lets requests through', async () => {
    const caller = await connected()
    seen = []
    await link.dropReplies()
    caller.send('write;')
    await sleep(SILENCE_MS)
    expect({ seen, received: caller.received, closed: caller.isClosed }).toEqual({
      seen: ['write;'],
      received: '',
      closed: false,
    })
    await link.heal()
    await caller.closed
    await connected()
  })

  it('that drops replies and closes does so only where an answer was due', async () => {
    const idle = await connected()
    const asking = await connected()
    await link.dropReplies({ closeAfterMs: 40 })
    const sent = performance.now()
    asking.send('write;')
    await asking.closed
    expect(performance.now() - sent).toBeGreaterThanOrEqual(38)
    expect({ received: asking.received, closed: idle.isClosed }).toEqual({ received: '', closed: false })
    await link.heal()
    await idle.send('still;').receives('still;')
  })

  it('that holds replies lets them go in order and whole', async () => {
    const caller = await connected()
    seen = []
    const release = await link.holdReplies()
    const parts = Array.from({ length: 40 }, (_, at) => `${at}:${'x'.repeat(3_000)};`)
    for (const part of parts) {
      caller.send(part)
      await sleep(1)
    }
    while (seen.join('') !== parts.join('')) await sleep(5)
    await sleep(SILENCE_MS)
    expect(caller.received).toBe('')
    await release()
    await caller.receives(parts.join(''))
    await release()
    await caller.send('on;').receives(`${parts.join('')}on;`)
  })

  it('that holds replies keeps them back while other faults come, and heals at once after its connections died', async () => {
    const caller = await connected()
    const release = await link.holdReplies()
    caller.send('headers;')
    await sleep(SILENCE_MS)
    caller.send('body;')
    await sleep(SILENCE_MS)
    await link.cut()
    await sleep(SILENCE_MS)
    expect(caller.received).toBe('')
    await link.reset()
    await caller.closed
    await release()
    await link.heal()
    await connected()
  })

  it('that truncates replies closes each connection in the middle of one, and heals those below the limit', async () => {
    const before = await connected()
    const quiet = await connected()
    await link.truncate({ direction: 'replies', afterBytes: 10 })
    const newer = call()
    await before.send('6 and ').receives('6 and ')
    await newer.send('newer;').receives('newer;')
    before.send('4 of these')
    await before.closed
    expect(before.received).toBe('6 and 4 of')
    expect({ seen: seen.at(-1), closed: newer.isClosed || quiet.isClosed }).toEqual({
      seen: '4 of these',
      closed: false,
    })
    await newer.send('1234').closed
    expect(newer.received).toBe('newer;1234')
    await quiet.send('quiet;').receives('quiet;')
    await link.heal()
    await quiet.send('no longer cut off;').receives('quiet;no longer cut off;')
    await connected()
  })

  it('that truncates requests delivers their beginning alone, and counts no replies', async () => {
    const caller = await connected()
    seen = []
    await link.truncate({ direction: 'requests', afterBytes: 10 })
    await caller.send('7 and; ').receives('7 and; ')
    const [socket] = upstreamSockets
    if (socket === undefined) throw new Error('nobody is connected')
    socket.write('a reply of more than ten bytes;')
    await caller.receives('7 and; a reply of more than ten bytes;')
    // Not `once`: where the echo of these bytes comes too late, the socket has an error before it is closed.
    const ended = new Promise<void>((resolve) => {
      socket.on('close', () => resolve())
    })
    caller.send('3 of these')
    await Promise.all([caller.closed, ended])
    expect(seen.join('')).toBe('7 and; 3 o')
    await link.heal()
    await connected()
  })

  it('that truncates after nothing closes with the first byte', async () => {
    const idle = await connected()
    const caller = await connected()
    await link.truncate({ direction: 'replies', afterBytes: 0 })
    caller.send('write;')
    await caller.closed
    expect({ seen: seen.at(-1), received: caller.received, idle: idle.isClosed }).toEqual({
      seen: 'write;',
      received: '',
      idle: false,
    })
  })

  it('that truncates counts a reply which was held when it is let go', async () => {
    const caller = await connected()
    const release = await link.holdReplies()
    caller.send('held;')
    while (seen.at(-1) !== 'held;') await sleep(1)
    await link.truncate({ direction: 'replies', afterBytes: 4 })
    await sleep(SILENCE_MS)
    expect({ received: caller.received, closed: caller.isClosed }).toEqual({ received: '', closed: false })
    await release()
    await caller.closed
    expect(caller.received).toBe('held')
  })

  it('that truncates twice closes where the first limit is met, each from when it was asked for', async () => {
    const [one, other] = [await connected(), await connected()]
    await link.truncate({ direction: 'replies', afterBytes: 8 })
    await one.send('123456').receives('123456')
    await link.truncate({ direction: 'replies', afterBytes: 4 })
    await one.send('789').closed
    await other.send('12345').closed
    expect([one.received, other.received]).toEqual(['12345678', '1234'])
  })

  it.each([
    ['is cut', { silence: () => link.cut(), directions: ['requests', 'replies'] as const }],
    ['drops replies', { silence: () => link.dropReplies(), directions: ['replies'] as const }],
  ])('that truncates and %s is silent, whichever came first', async (_, { silence, directions }) => {
    const truncate = async () => {
      for (const direction of directions) await link.truncate({ direction, afterBytes: 2 })
    }
    for (const faults of [
      [truncate, silence],
      [silence, truncate],
    ]) {
      const caller = await connected()
      for (const fault of faults) await fault()
      caller.send('lost;')
      upstreamSockets.at(-1)?.write('lost;')
      await sleep(SILENCE_MS)
      expect({ received: caller.received, closed: caller.isClosed }).toEqual({ received: '', closed: false })
      await link.heal()
      await caller.closed
      await connected()
    }
  })

  it('that truncates, and drops replies and closes, heals while a connection waits to be closed', async () => {
    const caller = await connected()
    await link.truncate({ direction: 'replies', afterBytes: 1_000_000 })
    await link.dropReplies({ closeAfterMs: 100 })
    for (const text of ['first;', 'second;', 'third;']) {
      caller.send(text)
      while (seen.at(-1) !== text) await sleep(1)
    }
    await link.heal()
    await caller.closed
    expect(caller.received).toBe('')
    await connected()
  })

  it('that truncates twice heals while its limits are being met', async () => {
    const whole = 'x'.repeat(200_000)
    for (let round = 0; round < 5; round++) {
      const busy = await Promise.all(Array.from({ length: 40 }, connected))
      await link.truncate({ direction: 'replies', afterBytes: 100_000 })
      await link.truncate({ direction: 'replies', afterBytes: 50_000 })
      for (const caller of busy) caller.send(whole)
      await link.heal()
      await Promise.all(busy.map((caller) => Promise.race([caller.closed, caller.receives(whole)])))
    }
  })

  it('that refuses closes its connections and refuses new ones until it accepts', async () => {
    const before = await connected()
    await link.refuse()
    await before.closed
    const refused = call()
    const [error] = await once(refused.socket, 'error')
    expect(error).toMatchObject({ code: 'ECONNREFUSED' })
    await link.delay({ ms: 5 })
    await link.cut()
    await link.reset()
    await link.heal()
    await once(call().socket, 'error')
    await link.accept()
    await connected()
  })

  it('survives any mixture of faults under traffic', async () => {
    const faults = [
      () => link.cut(),
      () => link.reset(),
      () => link.delay({ ms: 3, jitterMs: 3 }),
      () => link.dropReplies(),
      () => link.dropReplies({ closeAfterMs: 4 }),
      () => link.holdReplies(),
      () => link.refuse().then(() => link.accept()),
      () => link.truncate({ direction: 'replies', afterBytes: 50_000 }),
      () => link.truncate({ direction: 'requests', afterBytes: 50_000 }),
      () => link.truncate({ direction: 'replies', afterBytes: 30_001 }),
      () => link.truncate({ direction: 'requests', afterBytes: 0 }),
    ]
    for (let round = 0; round < 60; round++) {
      const talkers = [await connected(), await connected(), await connected()]
      const chatter = setInterval(() => {
        for (const talker of talkers) talker.send('x'.repeat(20_000))
      }, 1)
      const order = [round, round * 3 + 1, round * 5 + 2].map((at) => faults[at % faults.length])
      for (const fault of order) await fault?.()
      clearInterval(chatter)
      await link.heal()
      await connected()
      for (const talker of talkers) talker.socket.destroy()
    }
  })
})
