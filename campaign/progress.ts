// Where a campaign is: a bar on a terminal, elsewhere a line every few seconds.
import { SingleBar } from 'cli-progress'
import type { CampaignProgress, CampaignSettings } from './campaign.ts'

const LINE_EVERY_MS = 5_000

export interface Reporter {
  update(progress: CampaignProgress): void
  stop(): void
}

export function progressReporter(extent: CampaignSettings['extent'], output: NodeJS.WriteStream): Reporter {
  return output.isTTY ? barReporter(extent, output) : lineReporter(extent, output)
}

function barReporter(extent: CampaignSettings['extent'], stream: NodeJS.WriteStream): Reporter {
  const format = '[{bar}] {done} · {commands} commands, {faults} faults · {rate}/s · {left}'
  const bar = new SingleBar({ stream, format, hideCursor: true, clearOnComplete: true, linewrap: false })
  bar.start(100, 0, { done: 'starting the stacks', commands: 0, faults: 0, rate: '0', left: '' })
  return {
    update(progress) {
      const told = tell(progress, extent)
      bar.update(Math.min(100, Math.round(told.share * 100)), { ...told })
    },
    stop: () => bar.stop(),
  }
}

function lineReporter(extent: CampaignSettings['extent'], output: NodeJS.WriteStream): Reporter {
  let last = performance.now()
  return {
    update(progress) {
      if (performance.now() - last < LINE_EVERY_MS) return
      last = performance.now()
      const { done, commands, faults, rate, left } = tell(progress, extent)
      output.write(`${done}, ${commands} commands, ${faults} faults, ${rate} commands/s, ${left}\n`)
    },
    stop() {},
  }
}

function tell({ tally, startedAt, shrinking }: CampaignProgress, extent: CampaignSettings['extent']) {
  const elapsedMs = performance.now() - startedAt
  const share = 'runs' in extent ? tally.traces / extent.runs : elapsedMs / extent.forMs
  const leftSeconds = share > 0 ? Math.max(0, (elapsedMs / share) * (1 - share)) / 1_000 : 0
  const traces = `${tally.traces} ${'runs' in extent ? `of ${extent.runs} ` : ''}traces`
  return {
    share,
    done: shrinking > 0 ? `found one, shrinking: ${shrinking} executions` : traces,
    commands: tally.commands,
    faults: Object.values(tally.faults).reduce((sum, each) => sum + each, 0),
    rate: (tally.commands / (elapsedMs / 1_000)).toFixed(1),
    left: shrinking > 0 ? '' : `${Math.round(leftSeconds)} s left`,
  }
}
