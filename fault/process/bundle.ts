// The server as one file: through a TypeScript loader three backends take seconds for their imports alone. It is made
// once a process and written into each stack's own folder; a published build is started as it is.
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { BuildOptions, Plugin } from 'esbuild'
import { StackError } from '../stack.ts'

/** A file of this package, looked for from here upwards: sources and published build are laid out differently. */
export function packageFile(...names: readonly string[]): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const found = names.map((name) => join(folder, name)).find((path) => existsSync(path))
    if (found !== undefined) return found
    if (folder === dirname(folder))
      throw new StackError(`${names.join(' or ')} is missing: install mcp-failproof again`)
  }
}

/** Files that the server reads beside its own sources (Lua scripts) stay beside them. */
const ownAddress: Plugin = {
  name: 'own-address',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const address = JSON.stringify(pathToFileURL(path).href)
      return { contents: source.replaceAll('import.meta.url', address), loader: 'ts' }
    })
  },
}

/** Packages of a user's module stay where they are: native ones cannot be bundled. */
const packagesInPlace: Plugin = {
  name: 'packages-in-place',
  setup({ onResolve, resolve: resolvePackage }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, resolveDir, kind, pluginData }) => {
      if (pluginData === 'asked' || path.startsWith('node:')) return undefined
      const found = await resolvePackage(path, { resolveDir, kind, pluginData: 'asked' })
      if (found.external || found.errors.length > 0) return found
      return { path: pathToFileURL(found.path).href, external: true }
    })
  },
}

const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"

async function bundle(entry: string, options: BuildOptions): Promise<Uint8Array> {
  const { build } = await import('esbuild')
  const made = await build({
    ...options,
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'silent',
  }).catch((cause: unknown) => {
    throw new StackError(`${entry} cannot be built: ${cause instanceof Error ? cause.message : cause}`, { cause })
  })
  const [file] = made.outputFiles
  if (file === undefined) throw new StackError(`${entry} cannot be built: esbuild wrote nothing`)
  return file.contents
}

let server: Promise<Uint8Array> | undefined

/** Path of a module that runs the server under plain Node. */
export async function serverModule(folder: string): Promise<string> {
  const entry = packageFile('server/main.ts', 'server/main.js')
  if (extname(entry) === '.js') return entry
  server ??= bundle(entry, { banner: { js: REQUIRE }, plugins: [ownAddress] })
  const path = join(folder, 'server.mjs')
  await writeFile(path, await server)
  return path
}

/** Path of a user's store module that plain Node can import. */
export async function storeModule(module: string, folder: string): Promise<string> {
  const entry = resolve(module)
  if (!existsSync(entry)) throw new StackError(`the store module ${entry} does not exist`)
  if (!entry.endsWith('ts')) return entry
  const path = join(folder, 'store.mjs')
  await writeFile(path, await bundle(entry, { plugins: [ownAddress, packagesInPlace] }))
  return path
}
