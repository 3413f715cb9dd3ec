#!/usr/bin/env node
// The command `mcp-failproof`: flags, exit codes, Ctrl-C. What it does is in the file of each command.
import { Command, CommanderError } from 'commander'
import { StackError } from '../fault/index.ts'
import { PROFILES } from '../properties/profile.ts'
import { type CampaignFlags, campaignCommand } from './campaign-command.ts'
import { atLeastOne, duration, port, wholeNumber, withSharedFlags, withStackFlags } from './flags.ts'
import { type ReplayFlags, replayCommandAction } from './replay-command.ts'
import { type UpFlags, upCommand } from './up-command.ts'
import { EXIT, UsageError } from './usage-error.ts'

const EXIT_CODES = `
Exit codes: 0 nothing found, or what was replayed holds; 1 a counterexample, or required coverage not reached;
2 bad usage; 3 the stack could not be started or kept; 130 interrupted with nothing found.`

function program(signal: AbortSignal, end: (code: number) => void): Command {
  const root = new Command('mcp-failproof')
    .description('Randomized, model-checked failover campaigns for stateful MCP servers.')
    .exitOverride()
    .configureHelp({ helpWidth: 110 })
  withSharedFlags(root.command('campaign'))
    .description('run random traces of calls and faults, and shrink what breaks a promise')
    .option('--runs <n>', 'how many traces (default: 500 on sim, 50 on process)', atLeastOne)
    .option('--for <duration>', 'how long instead, such as 90s or 10m', duration)
    .option('--seed <n>', 'all chance comes from it (default: a random one, which is printed)', wholeNumber)
    .option('--profile <name>', `${PROFILES.map(({ name, about }) => `${name}: ${about}`).join('; ')} (default: mixed)`)
    .option('--workers <n>', 'how many stacks, or threads of the simulation, at once', atLeastOne, 2)
    .option('--shrink-for <duration>', 'time for shrinking a counterexample (default: 90s)', duration)
    .option('--require-coverage', 'exit 1 where a kind of fault never happened, or never in the middle of a call')
    .option('--json <file>', 'write the summary as JSON')
    .addHelpText('after', EXIT_CODES)
    .action(async (flags: CampaignFlags) => end(await campaignCommand(flags, signal)))
  withSharedFlags(root.command('replay'))
    .description('run a recorded trace again')
    .argument('<trace>', 'a trace as JSON, such as a campaign saves')
    .option('--times <n>', 'how often', atLeastOne, 1)
    .addHelpText('after', EXIT_CODES)
    .action(async (file: string, flags: ReplayFlags) => end(await replayCommandAction(file, flags, signal)))
  withStackFlags(root.command('up'), 1_800)
    .description('start the stack on known ports, for clients of your own, until Ctrl-C')
    .option('--port <n>', 'where the balancer listens for clients', port, 8080)
    .option('--stats-port <n>', 'where it tells its statistics', port, 8404)
    .action(async (flags: UpFlags) => end(await upCommand(flags, signal)))
  return root
}

/** The first Ctrl-C ends in good order with what there is; the second does not wait. */
function interruptible(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(EXIT.interrupted)
      console.error('Ending; once more to end at once.')
      controller.abort()
    })
  }
  return controller.signal
}

async function main(): Promise<number> {
  const signal = interruptible()
  let code: number = EXIT.ok
  try {
    await program(signal, (ended) => {
      code = ended
    }).parseAsync()
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    if (error instanceof UsageError) return fail(error.message, EXIT.usage)
    if (signal.aborted) return EXIT.interrupted
    if (error instanceof StackError) return fail(error.message, EXIT.stack)
    // Never 1, which means a counterexample.
    return fail(`This is a bug of mcp-failproof: ${error instanceof Error ? error.stack : error}`, EXIT.stack)
  }
}

function fail(message: string, code: number): number {
  console.error(message)
  return code
}

process.exitCode = await main()
