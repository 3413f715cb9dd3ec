// The arrows of docs/architecture.md: which room may import which. A check that reads no module would find nothing, so
// it must show how many it read.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type ICruiseOptions, type IFlattenedRuleSet } from 'dependency-cruiser'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'

const ROOT = import.meta.dirname
const ROOMS = ['wire', 'model', 'server', 'client', 'fault', 'properties', 'campaign', 'specimens', 'bench', 'examples']

const rules = z
  .object({
    forbidden: z.array(z.custom<NonNullable<IFlattenedRuleSet['forbidden']>[number]>()),
    options: z.custom<ICruiseOptions>(),
  })
  .parse(JSON.parse(readFileSync(join(ROOT, '.dependency-cruiser.json'), 'utf8')))

const summary = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
})

async function cruised(folder: string) {
  const { output } = await cruise(
    ROOMS,
    { ...rules.options, baseDir: folder, ruleSet: { forbidden: rules.forbidden }, validate: true },
    {},
    {
      tsConfig: {},
    },
  )
  return summary.parse(output)
}

/** Two files, the first importing the second. */
function planted(from: string, to: string): string {
  folder = mkdtempSync(join(tmpdir(), 'mcp-failproof-arrows-'))
  for (const room of ROOMS) mkdirSync(join(folder, room), { recursive: true })
  for (const file of [from, to]) mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, 'tsconfig.json'), '{}')
  writeFileSync(join(folder, to), 'export const thing = 1\n')
  const up = '../'.repeat(from.split('/').length - 1)
  writeFileSync(join(folder, from), `import { thing } from '${up}${to}'\nexport const other = thing\n`)
  return folder
}

let folder = ''
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the arrows', () => {
  it('are kept by every source file there is', async () => {
    const { modules, summary: found } = await cruised(ROOT)
    const sources = ROOMS.flatMap((room) =>
      readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' }),
    ).filter((name) => name.endsWith('.ts'))
    expect(
      modules.filter(({ source }) => source.endsWith('.ts') && ROOMS.some((room) => source.startsWith(`${room}/`)))
        .length,
    ).toBe(sources.length)
    expect(found.violations).toEqual([])
  })

  it.each([
    ['model-is-pure', 'model/a.ts', 'wire/b.ts'],
    ['wire-imports-nothing', 'wire/a.ts', 'model/b.ts'],
    ['server-knows-no-harness-and-no-client', 'server/a.ts', 'client/b.ts'],
    ['client-knows-no-harness-and-no-server', 'client/a.ts', 'server/b.ts'],
    ['fault-starts-servers-and-judges-nothing', 'fault/a.ts', 'model/b.ts'],
    ['properties-see-the-stack-by-its-interface', 'properties/a.ts', 'fault/process/b.ts'],
    ['nothing-imports-what-stands-on-top', 'properties/a.ts', 'campaign/b.ts'],
    ['nothing-imports-examples', 'campaign/a.ts', 'examples/b.ts'],
    ['no-drawers', 'campaign/a.ts', 'campaign/utils/b.ts'],
  ])('%s: %s importing %s is found', async (rule, from, to) => {
    const { summary: found } = await cruised(planted(from, to))
    expect(found.violations.map(({ rule: { name } }) => name)).toContain(rule)
  })

  it('allow properties the interface of the stack', async () => {
    const { modules, summary: found } = await cruised(planted('properties/a.ts', 'fault/stack.ts'))
    expect(modules.length).toBe(2)
    expect(found.violations).toEqual([])
  })
})
