// What a benchmark hands back, and how it is printed: rows of the same named columns.

export interface Table {
  readonly title: string
  readonly rows: readonly Readonly<Record<string, string | number>>[]
}

/** The table as aligned text: words to the left, numbers to the right. */
export function printed({ title, rows }: Table): string {
  const columns = Object.keys(rows[0] ?? {})
  const width = (column: string) => Math.max(column.length, ...rows.map((row) => String(row[column] ?? '').length))
  const isNumber = (column: string) => rows.every((row) => typeof row[column] === 'number')
  const cell = (column: string, text: string) =>
    isNumber(column) ? text.padStart(width(column)) : text.padEnd(width(column))
  const line = (text: (column: string) => string) =>
    `  ${columns.map((column) => cell(column, text(column))).join('  ')}`.trimEnd()
  return [title, line((column) => column), ...rows.map((row) => line((column) => String(row[column] ?? '')))].join('\n')
}

/** For a cell: so many digits behind the point. */
export const rounded = (value: number, digits = 0): number => Number(value.toFixed(digits))
