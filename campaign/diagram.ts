// A run as a Mermaid sequence diagram: clients, the sessions that they use, and the faults over them.
import { describeAnswer, describeCall } from '../model/index.ts'
import type { Run } from '../properties/run-trace.ts'
import { SessionNames } from './narrate.ts'

export function diagram({ history, finding }: Run): string {
  const names = new SessionNames()
  const owners = new Map<string, { client: string; call: string }>()
  const sessionOf = new Map<string, string>()
  const lines = history.flatMap((event): string[] => {
    switch (event.type) {
      case 'invocation':
        owners.set(event.op, { client: event.client, call: describeCall(event.call) })
        return []
      case 'attempt':
        sessionOf.set(event.op, event.session)
        return [arrow(owners.get(event.op)?.client, '->>', names.name(event.session), owners.get(event.op)?.call ?? '')]
      case 'attemptEnded':
        if (event.outcome === 'ok') return []
        return [arrow(names.name(event.session), '--x', owners.get(event.op)?.client, event.outcome)]
      case 'completion': {
        if (event.outcome !== 'ok') return []
        const client = owners.get(event.op)?.client
        const told = arrow(names.name(sessionOf.get(event.op) ?? ''), '-->>', client, describeAnswer(event.answer))
        return finding?.op === event.op ? [told, note(client, finding.detail)] : [told]
      }
      case 'resuming':
        return [arrow(event.client, '->>', names.name(event.to), `resume from ${names.name(event.from)}`)]
      case 'resumed':
        return [
          arrow(names.name(event.to), '-->>', event.client, `resumed, ${event.keysCopied} copied`),
          ...(finding?.op === `resume ${event.from} -> ${event.to}` ? [note(event.client, finding.detail)] : []),
        ]
      case 'fault':
        if (event.phase !== 'inForce' || owners.size === 0) return []
        return [note([...owners.values()][0]?.client, `${event.fault} ${event.target}`)]
      default:
        return []
    }
  })
  return names.rename(['sequenceDiagram', ...lines].join('\n'))
}

function arrow(from: string | undefined, line: string, to: string | undefined, label: string): string {
  return `  ${id(from)}${line}${id(to)}: ${text(label)}`
}

function note(over: string | undefined, label: string): string {
  return `  Note over ${id(over)}: ${text(label)}`
}

/** Names of participants hold no spaces or brackets. */
function id(name: string | undefined): string {
  return (name ?? 'nobody').replaceAll(/[^A-Za-z0-9]/g, '')
}

/** Mermaid ends a label at a semicolon or a hash. */
function text(label: string): string {
  return label.replaceAll(/[;#\n]/g, ',')
}
