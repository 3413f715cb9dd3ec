// The parts of docs/protocol.md that the model makes, each between two comments that name it; the rest of the page is
// prose, and is left alone.

export function renewed(page: string, parts: ReadonlyMap<string, string>): string {
  return page.replace(PART, (_, name: string) => {
    const part = parts.get(name)
    if (part === undefined) throw new Error(`The page has a part "${name}" that nothing makes`)
    return `<!-- made: ${name} -->\n\n${part}\n\n<!-- end -->`
  })
}

/** Which parts a page has, in its order. */
export function partsOf(page: string): string[] {
  return [...page.matchAll(PART)].map(([, name]) => name ?? '')
}

const PART = /<!-- made: (.+?) -->\n[\s\S]*?<!-- end -->/g

export function mermaid(diagram: string): string {
  return ['```mermaid', diagram, '```'].join('\n')
}

/** Two columns under a head, each as wide as its widest cell. */
export function table(rows: readonly (readonly [string, string])[]): string {
  const left = Math.max(...rows.map(([cell]) => cell.length))
  const right = Math.max(...rows.map(([, cell]) => cell.length))
  const lines = rows.map(([one, other]) => `| ${one.padEnd(left)} | ${other.padEnd(right)} |`)
  return [lines[0], `| ${'-'.repeat(left)} | ${'-'.repeat(right)} |`, ...lines.slice(1)].join('\n')
}
