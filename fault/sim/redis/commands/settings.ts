// INFO as far as a client waits on it, and the settings that a stack changes.
import { administers, type Call, type Entry, reads, toldApart, word } from '../command.ts'
import { bulk, error, OK, type Reply } from '../reply.ts'
import { VERSION } from '../version.ts'

function information(call: Call): Reply {
  const isReplica = call.server.refusals.has('read-only')
  const lines = [
    '# Server',
    `redis_version:${VERSION}`,
    'redis_mode:standalone',
    '',
    '# Persistence',
    'loading:0',
    '',
    '# Replication',
    `role:${isReplica ? 'slave' : 'master'}`,
    ...(isReplica ? ['master_link_status:down'] : []),
    '',
  ]
  return { kind: 'verbatim', format: 'txt', text: lines.map((line) => `${line}\r\n`).join('') }
}

function settings(call: Call): Readonly<Record<string, string>> {
  return { maxmemory: call.server.refusals.has('full') ? '1' : '0' }
}

function getSettings(call: Call): Reply {
  const asked = new Set(call.args.slice(2).map((name) => name.toLowerCase()))
  const found = Object.entries(settings(call)).filter(([name]) => asked.has(name))
  return { kind: 'map', pairs: found.map(([name, value]) => [bulk(name), bulk(value)] as const) }
}

/** Its memory is the one setting that a client can change here: any limit is too low. */
function setSettings(call: Call): Reply {
  for (let at = 2; at < call.args.length; at += 2) {
    const name = word(call, at)
    if (name.toLowerCase() !== 'maxmemory') {
      return error(`ERR Unknown option or number of arguments for CONFIG SET - '${name}'`)
    }
  }
  if (call.args.length % 2 === 1) return error("ERR wrong number of arguments for 'config|set' command")
  if (word(call, call.args.length - 1) === '0') call.server.refusals.delete('full')
  else call.server.refusals.add('full')
  return OK
}

export const SETTINGS: Readonly<Record<string, Entry>> = {
  INFO: reads(-1, information),
  CONFIG: toldApart({ GET: administers(-3, getSettings), SET: administers(-4, setSettings) }),
}
