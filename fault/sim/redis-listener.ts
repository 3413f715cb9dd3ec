// The simulated Redis on a host of the simulated world: bytes that arrive there are answered there.
import type { Listener } from './network/dial.ts'
import { bytesPiece, isBytes } from './network/socket.ts'
import type { SimulatedRedis } from './redis/simulated-redis.ts'
import type { Host } from './time/host.ts'
import type { World } from './time/world.ts'

export function redisListener(host: Host, redis: SimulatedRedis, world: World): Listener {
  return {
    host,
    accept(open) {
      const session = redis.connect()
      const end = open({
        onPiece(piece) {
          if (!isBytes(piece)) return
          const replies = session.receive(piece.data)
          if (world.isLogged) world.note('executes', `${piece.bytes} bytes, ${replies.length} replies`)
          if (replies.length > 0)
            end.send(bytesPiece(replies.length === 1 ? (replies[0] ?? EMPTY) : Buffer.concat(replies)))
          if (!session.isOpen) end.close()
        },
        onClosed: () => session.close(),
      })
    },
  }
}

const EMPTY = Buffer.alloc(0)
