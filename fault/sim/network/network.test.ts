// Connections in the simulated world: what arrives, when and in which order, and what each fault of a link does to it.
import { beforeEach, describe, expect, it } from 'vitest'
import { Host } from '../time/host.ts'
import { World } from '../time/world.ts'
import type { Ear, End, Piece } from './connection.ts'
import { dial, Refused } from './dial.ts'
import { SimulatedLink } from './simulated-link.ts'

interface Word extends Piece {
  readonly word: string
}

const isWord = (piece: Piece): piece is Word => 'word' in piece
const say = (word: string): Word => ({ word, bytes: word.length, first: (bytes) => say(word.slice(0, bytes)) })

describe('a connection to a host that answers each word', () => {
  let world: World
  let link: SimulatedLink
  let server: Host
  let heard: string[]

  beforeEach(() => {
    world = new World()
    heard = []
    server = new Host('server')
    server.start(() => {})
    link = new SimulatedLink({ name: 'client', world, random: () => 0, latencyUs: { least: 1_000, spread: 0 } })
  })

  const sleep = (ms: number) => new Promise<void>((resolve) => void world.after(ms * 1_000, 'a sleep', resolve))
  const note = (who: string): Ear<Piece> => ({
    onPiece: (piece) => void heard.push(`${world.nowMs} ${who}: ${isWord(piece) ? piece.word : '?'}`),
    onClosed: (how) => void heard.push(`${world.nowMs} ${who}: ${how}`),
  })
  const connect = () => {
    const accept = (open: (ear: Ear<Piece>) => End<Piece>) => {
      const ear = note('server')
      const end = open({
        ...ear,
        onPiece: (piece) => {
          ear.onPiece(piece)
          if (isWord(piece)) end.send(say(piece.word.toUpperCase()))
        },
      })
    }
    return dial({ world, link, listener: { host: server, accept } }, note('client'))
  }

  it('carries words in order, each after the latency of the link', async () => {
    await world.run(async () => {
      const client = await connect()
      client.send(say('a'))
      client.send(say('b'))
      await sleep(10)
      client.close()
      await sleep(10)
    })
    expect(heard).toEqual(['2 server: a', '2 server: b', '3 client: A', '3 client: B', '12 server: ended'])
  })

  it('keeps the order when the latency falls in the middle', async () => {
    await world.run(async () => {
      const client = await connect()
      await link.delay({ ms: 20 })
      client.send(say('a'))
      await link.heal()
      client.send(say('b'))
      await sleep(50)
    })
    expect(heard.filter((line) => line.includes('server'))).toEqual(['22 server: a', '22 server: b'])
  })

  it('is silent both ways while its link is cut, new ones too, and closes when it is healed', async () => {
    await world.run(async () => {
      const before = await connect()
      before.send(say('o'))
      await sleep(10)
      expect(heard.splice(0)).toEqual(['2 server: o', '3 client: O'])
      await link.cut()
      before.send(say('a'))
      const during = await connect()
      during.send(say('b'))
      await sleep(10)
      expect(heard).toEqual([])
      await link.heal()
      await sleep(10)
      const after = await connect()
      after.send(say('c'))
      await sleep(10)
    })
    // Of the second the server never had a byte, and so never heard.
    const closed = ['22 server: reset', '22 client: reset', '22 client: reset']
    expect(heard).toEqual([...closed, '34 server: c', '35 client: C'])
  })

  it('breaks after so many bytes of replies, in the middle of one, and is whole again once it is healed', async () => {
    await world.run(async () => {
      const client = await connect()
      await link.truncate({ direction: 'replies', afterBytes: 3 })
      client.send(say('ab'))
      await sleep(10)
      client.send(say('cd'))
      await sleep(10)
      await link.heal()
      const after = await connect()
      after.send(say('efgh'))
      await sleep(10)
    })
    expect(heard).toEqual([
      '2 server: ab',
      '3 client: AB',
      '12 server: cd',
      '13 client: C',
      '13 client: ended',
      '13 server: ended',
      '23 server: efgh',
      '24 client: EFGH',
    ])
  })

  it('breaks requests likewise: with 0 at the first byte, and not where silence takes what would be counted', async () => {
    await world.run(async () => {
      const client = await connect()
      await link.truncate({ direction: 'requests', afterBytes: 0 })
      await sleep(10)
      client.send(say('a'))
      await sleep(10)
      await link.heal()
      await link.cut()
      await link.truncate({ direction: 'requests', afterBytes: 0 })
      await link.heal()
      const after = await connect()
      after.send(say('b'))
      await sleep(10)
    })
    expect(heard).toEqual(['12 client: ended', '23 server: b', '24 client: B'])
  })

  it('closes when a cut is healed, though nothing was sent meanwhile', async () => {
    await world.run(async () => {
      const client = await connect()
      client.send(say('a'))
      await sleep(10)
      await link.cut()
      await sleep(10)
      await link.heal()
      await sleep(10)
    })
    expect(heard).toEqual(['2 server: a', '3 client: A', '21 server: reset', '21 client: reset'])
  })

  it('brings requests and no replies while replies are dropped, and closes so long after one was due', async () => {
    await world.run(async () => {
      const client = await connect()
      await link.dropReplies({ closeAfterMs: 5 })
      client.send(say('a'))
      await sleep(20)
    })
    expect(heard).toEqual(['2 server: a', '7 server: reset', '7 client: reset'])
  })

  it('keeps replies back, in order, until they are let go', async () => {
    await world.run(async () => {
      const client = await connect()
      const letGo = await link.holdReplies()
      client.send(say('a'))
      client.send(say('b'))
      await sleep(10)
      await letGo()
      await sleep(10)
    })
    expect(heard).toEqual(['2 server: a', '2 server: b', '12 client: A', '12 client: B'])
  })

  it('is refused by a link that refuses and by a host that is down, and is closed by both', async () => {
    await world.run(async () => {
      await connect()
      link.refuse()
      await expect(connect()).rejects.toThrow(new Refused('server'))
      link.accept()
      await connect()
      server.kill()
      await expect(connect()).rejects.toThrow(Refused)
      await sleep(10)
    })
    expect(heard.filter((line) => line.includes('client'))).toEqual(['1 client: reset', '4 client: reset'])
  })

  it('to a paused host is opened and silent, and goes on with it', async () => {
    await world.run(async () => {
      server.pause()
      const client = await connect()
      client.send(say('a'))
      await sleep(10)
      expect(heard).toEqual([])
      world.continue(server)
      await sleep(10)
    })
    expect(heard).toEqual(['11 server: a', '12 client: A'])
  })

  it('brings what a host had sent before it was killed, and nothing that it would have sent', async () => {
    await world.run(async () => {
      const client = await connect()
      client.send(say('a'))
      await sleep(1)
      client.send(say('b'))
      await sleep(0.5)
      server.kill()
      await sleep(10)
    })
    expect(heard).toEqual(['2 server: a', '3 client: A', '3.5 client: reset'])
  })
})
