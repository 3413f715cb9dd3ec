// Redis hands the words of its errors around as C does, for which a text ends at its first zero.

export function toFirstZero(text: string): string {
  const end = text.indexOf('\0')
  return end === -1 ? text : text.slice(0, end)
}
