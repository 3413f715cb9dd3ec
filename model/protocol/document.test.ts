// docs/protocol.md tells the stories of the model and its figures, and no others: `npx vitest run model/protocol -u`
// renews them.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { PROTOCOL_RULES } from '../../client/rules.ts'
import { diagram } from './diagram.ts'
import { mermaid, partsOf, renewed, table } from './document.ts'
import { NEEDED, storyWithout } from './left-out.ts'
import { PROMISES } from './promises.ts'
import { STORE_RULES } from './rules.ts'
import { search } from './search.ts'
import { SEARCHED, SMALL } from './settings.ts'

const PAGE = new URL('../../docs/protocol.md', import.meta.url).pathname
const RULES = { client: PROTOCOL_RULES, markBelow: 'every running call', store: STORE_RULES } as const
const PATIENCE_MS = 120_000

function parts(): Map<string, string> {
  const made = new Map<string, string>(
    NEEDED.map(({ rule }) => [`without ${rule}`, mermaid(diagram(storyWithout(rule, RULES)))] as const),
  )
  made.set(
    'promises',
    Object.keys(PROMISES)
      .map((promise) => `- ${promise}`)
      .join('\n'),
  )
  const rows = SEARCHED.map(({ name, states }) => [name, states.toLocaleString('en')] as const)
  made.set('states', table([['searched whole', 'states'], ...rows]))
  const gap = search({ rules: RULES, setting: { ...SMALL, start: 'no state', duplicates: 1 } }, PROMISES)
  if (gap.kind === 'broken') made.set('the gap', mermaid(diagram(gap.story)))
  return made
}

it(
  'tells what the model tells',
  async () => {
    const page = readFileSync(PAGE, 'utf8')
    const made = parts()
    expect(partsOf(page).sort()).toEqual([...made.keys()].sort())
    await expect(renewed(page, made)).toMatchFileSnapshot(PAGE)
  },
  PATIENCE_MS,
)

it('leaves the prose alone, and wants no part that nothing makes', () => {
  const page = 'Prose.\n<!-- made: one -->\n\nold\n\n<!-- end -->\nMore.'
  expect(renewed(page, new Map([['one', 'new']]))).toBe('Prose.\n<!-- made: one -->\n\nnew\n\n<!-- end -->\nMore.')
  expect(() => renewed(page, new Map())).toThrow('a part "one" that nothing makes')
})
