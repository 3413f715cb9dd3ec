// How often something can be done in a second, told to the process that started this one: one line of JSON.

/** The real one, whatever becomes of the globals. */
const now = performance.now.bind(performance)

const WARM_UP = 1_500
const MEASURED = 4_000

/** Does each of these over and over, one after another, and prints how often a second. */
export async function told(calls: Readonly<Record<string, () => Promise<unknown>>>): Promise<void> {
  const rates: Record<string, number> = {}
  for (const [name, call] of Object.entries(calls)) {
    for (let at = 0; at < WARM_UP; at++) await call()
    const began = now()
    for (let at = 0; at < MEASURED; at++) await call()
    rates[name] = MEASURED / ((now() - began) / 1_000)
  }
  process.stdout.write(`${JSON.stringify(rates)}\n`)
}
