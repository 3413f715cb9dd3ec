// What HAProxy tells (statistics as CSV) and what it is told (its admin socket), for the tiers that run the real one.
import { connect } from 'node:net'
import { type Balancer, type BalancerView, StackError } from './stack.ts'
import { until, within } from './until.ts'

/** The backend whose servers are the instances; its name is part of the contract. */
export const SERVERS = 'mcp_servers'

export interface HaproxyAddress {
  /** `http://host:port/stats;csv` */
  readonly statistics: URL
  /** Path of the unix socket, or host and port, where commands are accepted. */
  readonly admin: { readonly path: string } | { readonly host: string; readonly port: number }
}

const startedElsewhere: Relaunch = async () => {
  throw new StackError('this HAProxy was started elsewhere, and cannot be restarted from here')
}

type Row = ReadonlyMap<string, string>

function parse(csv: string): Row[] {
  const [header = '', ...lines] = csv.trim().split('\n')
  const columns = header.replace(/^# /, '').split(',')
  return lines.map((line) => {
    const cells = line.split(',')
    return new Map(columns.map((column, at) => [column, cells[at] ?? '']))
  })
}

/** `UP 1/3` is on its way down and still served; `no check` is taken as up by HAProxy too. */
function status(text: string): BalancerView['status'] {
  if (text.startsWith('UP') || text === 'no check') return 'up'
  return text.startsWith('NOLB') || text.startsWith('DRAIN') ? 'draining' : 'down'
}

const address = (row: Row) => `${row.get('pxname')}/${row.get('svname')}`
const isTotal = (row: Row) => row.get('svname') === 'BACKEND' || row.get('svname') === 'FRONTEND'

/** Ends its process and starts it again; resolves when it serves. */
export type Relaunch = () => Promise<void>

export class Haproxy implements Balancer {
  readonly #address: HaproxyAddress
  readonly #relaunch: Relaunch
  #isAbsent: (server: string) => boolean = () => false

  constructor(address: HaproxyAddress, relaunch: Relaunch = startedElsewhere) {
    this.#address = address
    this.#relaunch = relaunch
  }

  async restart(): Promise<void> {
    await this.#relaunch()
    await this.retire(this.#isAbsent)
  }

  async states(): Promise<ReadonlyMap<string, BalancerView>> {
    const servers = (await this.#rows()).filter((row) => row.get('pxname') === SERVERS && !isTotal(row))
    const view = (row: Row): BalancerView => ({
      status: status(row.get('status') ?? ''),
      downs: Number(row.get('chkdown') ?? 0),
    })
    return new Map(servers.map((row) => [row.get('svname') ?? '', view(row)]))
  }

  /** Lets running calls end; those that outlast the limit are ended. */
  async quiesce(limitMs: number): Promise<void> {
    const idle = async () => ((await this.#busy()).length === 0 ? true : undefined)
    try {
      await until(idle, { limitMs, missing: () => 'calls still run' })
    } catch {
      for (const server of await this.#busy()) await this.command(`shutdown sessions server ${server}`)
      await until(idle, { limitMs: 1_000, missing: () => 'HAProxy does not end the calls that it was told to end' })
    }
  }

  /** Takes servers out that its file has and the stack has not: they would count as up until their first check. */
  async retire(isAbsent: (server: string) => boolean): Promise<void> {
    this.#isAbsent = isAbsent
    const absent = (await this.#rows()).filter((row) => !isTotal(row) && isAbsent(row.get('svname') ?? ''))
    for (const row of absent) await this.command(`set server ${address(row)} state maint`)
  }

  /** Forgets which instance serves which session. */
  async clearTables(): Promise<void> {
    const tables = await this.command('show table')
    for (const [, name] of tables.matchAll(/^# table: ([^,]+),/gm)) await this.command(`clear table ${name}`)
  }

  /** One command of HAProxy's runtime API, and its answer. */
  command(text: string): Promise<string> {
    const answer = new Promise<string>((resolve, reject) => {
      let received = ''
      const socket = connect(this.#address.admin, () => socket.write(`${text}\n`))
      socket.setEncoding('utf8')
      socket.on('data', (part: string) => {
        received += part
      })
      socket.on('end', () => resolve(received))
      socket.on('error', (cause) => {
        const where = JSON.stringify(this.#address.admin)
        reject(
          new StackError(
            `HAProxy's admin socket ${where} cannot be used: it needs \`stats socket "\${ADMIN_SOCKET}" level admin\``,
            { cause },
          ),
        )
      })
    })
    return within(2_000, `HAProxy did not answer "${text}" on its admin socket`, answer)
  }

  /** Servers that run a call, as `backend/server`. */
  async #busy(): Promise<string[]> {
    const rows = (await this.#rows()).filter((row) => !isTotal(row) && Number(row.get('scur') ?? 0) > 0)
    return rows.map(address)
  }

  async #rows(): Promise<Row[]> {
    const asked = fetch(this.#address.statistics).then((response) => response.text())
    const text = await within(2_000, "HAProxy's statistics did not answer", asked).catch((cause: unknown) => {
      if (cause instanceof StackError) throw cause
      throw new StackError(`HAProxy's statistics cannot be read at ${this.#address.statistics}`, { cause })
    })
    return parse(text)
  }
}
