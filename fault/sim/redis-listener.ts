// The simulated Redis on a host of the simulated world: bytes that arrive there are answered there.
import type { Listener } from './network/dial.ts'
import { bytesPiece, isBytes } from './network/socket.ts'
import type { SimulatedRedis } from './redis/simulated-redis.ts'
import type { Host } from './time/host.ts'

export function redisListener(host: Host, redis: SimulatedRedis): Listener {
  return {
    host,
    accept(open) {
      const session = redis.connect()
      const end = open({
        onPiece(piece) {
          if (!isBytes(piece)) return
          for (const reply of session.receive(piece.data)) end.send(bytesPiece(reply))
          if (!session.isOpen) end.close()
        },
        onClosed: () => session.close(),
      })
    },
  }
}
