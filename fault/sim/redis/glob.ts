// Redis' patterns for keys, as its stringmatchlen (util.c) reads them: `*`, `?`, `[a-z]`, `[^x]`, and a backslash before
// what means itself. A choice that its pattern does not close ends with it: `[ab` matches what `[ab]` does.

const [STAR, ANY, OPEN, CLOSE, NOT, TO, LITERAL] = codes('*?[]^-\\')

type Match = 'matches' | 'differs' | 'differs wherever an earlier star ends'

function codes(characters: string): readonly number[] {
  return Array.from(characters, (each) => each.charCodeAt(0))
}

export function matchesGlob(pattern: string, text: string): boolean {
  return match(pattern, 0, text, 0) === 'matches'
}

function match(pattern: string, patternFrom: number, text: string, textFrom: number): Match {
  let at = patternFrom
  let read = textFrom
  while (at < pattern.length && read < text.length) {
    const code = pattern.charCodeAt(at)
    if (code === STAR) return matchStar(pattern, at, text, read)
    if (code === OPEN) {
      const choice = choose(pattern, at + 1, text.charCodeAt(read))
      if (!choice.isMet) return 'differs'
      at = choice.end
    } else if (code !== ANY) {
      if (code === LITERAL && at + 1 < pattern.length) at++
      if (pattern.charCodeAt(at) !== text.charCodeAt(read)) return 'differs'
    }
    at++
    read++
  }
  // Not before anything was read: to Redis no text is so empty that `*` matches it, but where it stands alone.
  if (at > patternFrom && read === text.length) at = afterStars(pattern, at)
  return at >= pattern.length && read === text.length ? 'matches' : 'differs'
}

function afterStars(pattern: string, from: number): number {
  let at = from
  while (pattern.charCodeAt(at) === STAR) at++
  return at
}

function matchStar(pattern: string, star: number, text: string, textFrom: number): Match {
  const at = afterStars(pattern, star)
  if (at === pattern.length) return 'matches'
  for (let read = textFrom; read < text.length; read++) {
    const found = match(pattern, at, text, read)
    if (found !== 'differs') return found
  }
  // What the rest of the pattern does not match from anywhere on, it does not match from later on.
  return 'differs wherever an earlier star ends'
}

/** Whether a character is one of those between the brackets, and where the choice ends. */
function choose(pattern: string, from: number, code: number): { readonly isMet: boolean; readonly end: number } {
  const isExcluding = pattern.charCodeAt(from) === NOT
  let isListed = false
  let at = isExcluding ? from + 1 : from
  while (pattern.charCodeAt(at) !== CLOSE && at < pattern.length) {
    if (pattern.charCodeAt(at) === LITERAL && at + 1 < pattern.length) at++
    else if (pattern.charCodeAt(at + 1) === TO && at + 2 < pattern.length) {
      if (isBetween(code, pattern.charCodeAt(at), pattern.charCodeAt(at + 2))) isListed = true
      at += 3
      continue
    }
    if (pattern.charCodeAt(at) === code) isListed = true
    at++
  }
  return { isMet: isListed !== isExcluding, end: at }
}

/** Redis orders characters as C does on the machines of today, with those above 127 below zero; either end may be first. */
function isBetween(code: number, one: number, other: number): boolean {
  const [at, from, to] = [signed(code), signed(one), signed(other)]
  return at >= Math.min(from, to) && at <= Math.max(from, to)
}

function signed(code: number): number {
  return (code << 24) >> 24
}
