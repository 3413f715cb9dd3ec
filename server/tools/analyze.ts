// A long call that writes at its end: what a failover in its middle must neither lose nor do twice.
import { z } from 'zod'
import { defineTool, type ToolCall } from './tool.ts'

export const ANALYSIS_RESULT = 'analysis_result'

const VALIDATION_MS = 500
const ITEM_MS = 300
const AGGREGATION_MS = 300

export const analyzeData = defineTool({
  name: 'analyze_data',
  description: 'Scores a number of items one by one, with progress and log messages, and stores the total.',
  arguments: z.object({
    num_items: z.int().min(0).max(1000).describe('How many items to analyze, 0 to 1000.'),
  }),
  async run({ num_items: items }, call) {
    // Asked before the work, not only with the write: a repetition must not take minutes to say what is known.
    if (await call.session.answered()) {
      await itemProgress(call, items, items)
      return store(call, items)
    }
    await work(call, items)
    call.signal.throwIfAborted()
    const result = await store(call, items)
    await call.log('info', `Analysis complete: processed ${items} items, total score=${result.total_score}`)
    return result
  },
})

async function work(call: ToolCall, items: number): Promise<void> {
  const { clock, instance } = call.host
  await call.log('info', `Starting analysis of ${items} items on ${instance}`)
  await call.log('debug', 'Phase 1: Input validation')
  await itemProgress(call, 0, items)
  await clock.sleep(VALIDATION_MS, call.signal)
  for (let item = 1; item <= items; item += 1) {
    await itemProgress(call, item, items)
    await call.log('debug', `Processing item ${item}`)
    await clock.sleep(ITEM_MS, call.signal)
  }
  await call.log('info', 'Aggregating results')
  await clock.sleep(AGGREGATION_MS, call.signal)
}

function itemProgress(call: ToolCall, item: number, items: number): Promise<void> {
  return call.progress(item, items, item === 0 ? 'Validating input data' : `Processing item ${item}/${items}`)
}

function store(call: ToolCall, items: number) {
  const result = { items_processed: items, total_score: (1.5 * items * (items + 1)) / 2 }
  const { items_processed, total_score } = result
  return call.session.update(ANALYSIS_RESULT, () => ({ value: { total_score, items_processed }, reply: result }))
}
