// A user's store module runs under plain Node, whatever language it is written in and whatever it imports.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { StackError } from '../stack.ts'
import { packageFile, storeModule } from './bundle.ts'

let source: string
let target: string

beforeEach(() => {
  // Inside the package, so that its packages are found from there.
  source = mkdtempSync(join(packageFile('package.json'), '..', 'node_modules', '.store-'))
  target = mkdtempSync(join(tmpdir(), 'store-'))
})
afterEach(() => {
  for (const folder of [source, target]) rmSync(folder, { recursive: true, force: true })
})

it('a TypeScript store is compiled, its packages and its own files stay where they are', async () => {
  writeFileSync(join(source, 'layout.ts'), 'export const name: string = import.meta.url')
  writeFileSync(
    join(source, 'store.ts'),
    `import { Redis } from 'ioredis'
     import { readFileSync } from 'node:fs'
     import { name } from './layout.ts'
     export const open = () => [typeof Redis, typeof readFileSync, name]`,
  )
  const path = await storeModule(join(source, 'store.ts'), target)
  expect(path).toBe(join(target, 'store.mjs'))
  const { open } = await import(pathToFileURL(path).href)
  expect(open()).toEqual(['function', 'function', pathToFileURL(join(source, 'layout.ts')).href])
})

it('a JavaScript store is taken as it is', async () => {
  writeFileSync(join(source, 'store.mjs'), 'export const open = () => 0')
  expect(await storeModule(join(source, 'store.mjs'), target)).toBe(join(source, 'store.mjs'))
  expect(existsSync(join(target, 'store.mjs'))).toBe(false)
})

it('a store that is missing or broken is named', async () => {
  await expect(storeModule('/no/store.ts', target)).rejects.toThrow(
    new StackError('the store module /no/store.ts does not exist'),
  )
  writeFileSync(join(source, 'broken.ts'), 'export const = 1')
  await expect(storeModule(join(source, 'broken.ts'), target)).rejects.toThrow(/broken\.ts cannot be built/)
})
