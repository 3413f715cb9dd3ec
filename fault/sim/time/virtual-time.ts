// Virtual time in place of the process's own: timers, Date, performance and hrtime. Timers are events of the world, in the
// life that set them; a host whose clock is skewed reads another Date.
import { install } from '@sinonjs/fake-timers'
import { currentLife } from './host.ts'
import { VirtualTimeout } from './virtual-timeout.ts'
import type { World } from './world.ts'

/** When every world begins: any moment will do, as long as it is always the same. */
const EPOCH_MS = Date.UTC(2030, 0, 1)

const GLOBALS = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'Date',
] as const

export interface VirtualTime {
  /** The world's time has come to this. */
  moveTo(us: number): void
  /** Gives the process its own time back. */
  uninstall(): void
}

/** Replaces the globals. One world at a time: a second call before `uninstall` throws. */
export function installVirtualTime(world: () => World): VirtualTime {
  VirtualTimeout.forgetNumbers()
  const real = GLOBALS.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name) ?? {}] as const)
  const clock = install({ now: EPOCH_MS, toFake: ['Date', 'performance', 'hrtime'] })
  const FakeDate = globalThis.Date
  class HostDate extends FakeDate {
    constructor(...args: ConstructorParameters<typeof Date> | []) {
      if (args.length === 0) super(HostDate.now())
      else super(...args)
    }

    static override now(): number {
      return FakeDate.now() + (currentLife()?.host.skewMs ?? 0)
    }
  }
  const start =
    (repeat: 'once' | 'again') =>
    (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
      new VirtualTimeout(world(), { callback: () => callback(...args), ms: Number(ms) || 0, repeat })
  const stop = (timer: unknown) => {
    if (timer instanceof VirtualTimeout) timer.close()
    else VirtualTimeout.closeNumbered(Number(timer))
  }
  const startImmediate = (callback: (...args: unknown[]) => void, ...args: unknown[]) => {
    const cancel = world().after(0, 'an immediate', () => callback(...args))
    return { cancel }
  }
  const stopImmediate = (immediate: { readonly cancel?: () => void } | undefined) => immediate?.cancel?.()
  const set = (name: (typeof GLOBALS)[number], value: unknown) =>
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  set('Date', HostDate)
  set('setTimeout', start('once'))
  set('setInterval', start('again'))
  set('setImmediate', startImmediate)
  set('clearImmediate', stopImmediate)
  set('clearTimeout', stop)
  set('clearInterval', stop)
  let at = 0
  return {
    moveTo(us) {
      clock.tick((us - at) / 1_000)
      at = us
    },
    uninstall() {
      clock.uninstall()
      for (const [name, descriptor] of real) Object.defineProperty(globalThis, name, descriptor)
    },
  }
}
