// Any command of a trace as fast-check drives it: whether it applies, what it does, how a person would say it.
import type { AsyncCommand } from 'fast-check'
import { applies, argumentsOf, isCall, type Machine, next } from '../machine.ts'
import type { Done, Real } from '../real.ts'
import type { Command } from '../trace.ts'
import { beginCall } from './calls.ts'
import { describeCommand } from './describe.ts'
import { performDuring } from './during.ts'
import { aim, inflict } from './faults.ts'
import { performClose, performOpen, performWait } from './lifecycle.ts'

/** fast-check's model is an object that commands change. */
export interface MachineHolder {
  machine: Machine
}

export class TraceCommand implements AsyncCommand<MachineHolder, Real> {
  readonly command: Command
  readonly #signal: AbortSignal | undefined

  constructor(command: Command, signal?: AbortSignal) {
    this.command = command
    this.#signal = signal
  }

  check({ machine }: Readonly<MachineHolder>): boolean {
    return applies(machine, this.command)
  }

  async run(holder: MachineHolder, real: Real): Promise<void> {
    this.#signal?.throwIfAborted()
    holder.machine = next(holder.machine, this.command)
    real.done.push(await perform(real, this.command))
  }

  toString(): string {
    return describeCommand(this.command)
  }
}

async function perform(real: Real, command: Command): Promise<Done> {
  if ('open' in command) return performOpen(real, command.open.client)
  if ('close' in command) return performClose(real, command.close.client)
  if ('wait' in command) return performWait(real, command.wait.ms)
  if ('during' in command) return performDuring(real, command.during)
  if (!isCall(command)) {
    const aimed = aim(real, command)
    await inflict(real, aimed)
    return { hit: aimed.hit }
  }
  const { op, ended } = beginCall(real, command)
  if (argumentsOf(command).background) {
    real.background.add(ended)
    void ended.finally(() => real.background.delete(ended))
  } else {
    await ended
  }
  return { op }
}
