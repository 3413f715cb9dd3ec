// One attempt at a copy between two sessions: one step reads the source whole, one writes the target whole. Nothing
// needs both keys at once, so that the two may live on different nodes of a cluster.
import type { Write } from './contract.ts'
import type { Deadline } from './deadline.ts'
import { recordPairs, type Snapshot } from './hash.ts'
import type { HashCommands } from './hash-commands.ts'
import { keepReply, keptReply, mergeRecords } from './records.ts'

/** How many values were copied, or undefined where somebody else wrote the target in between. */
export async function copyInto(
  hash: HashCommands,
  from: string,
  to: string,
  { ttl, once }: Write,
  deadline: Deadline,
): Promise<{ readonly reply: number } | undefined> {
  const target = await hash.whole(to, deadline)
  const kept = once && keptReply(target.records.get(once.client), once)
  if (kept !== undefined) {
    const slid = await hash.slide(to, target.revision, ttl, deadline)
    return slid === 'written' ? { reply: Number(JSON.parse(kept)) } : undefined
  }
  const source = await hash.whole(from, deadline)
  const reply = source.live ? source.values.size : 0
  if (!source.live && !target.live) return { reply }
  const pairs = source.live ? copiedPairs(source, target, once, reply) : keptPairs(target, once, reply)
  return (await hash.write(to, target.revision, pairs, ttl, deadline)) === 'written' ? { reply } : undefined
}

function copiedPairs(source: Snapshot, target: Snapshot, once: Write['once'], reply: number): string[] {
  const records = new Map(target.records)
  for (const [client, theirs] of source.records) records.set(client, mergeRecords(records.get(client), theirs))
  if (once) records.set(once.client, keepReply(records.get(once.client), once, JSON.stringify(reply)))
  return [...[...source.values].flat(), ...recordPairs(records)]
}

// Nothing to copy: only that the call was executed is kept, so that a repetition cannot copy what came to be later.
function keptPairs(target: Snapshot, once: Write['once'], reply: number): string[] {
  if (!once) return []
  const records = keepReply(target.records.get(once.client), once, JSON.stringify(reply))
  return recordPairs(new Map([[once.client, records]]))
}
