// Lua 5.3 says the same as Lua 5.1 in other words, and takes operators that 5.1 does not know.

/** "attempt to index a nil value (local 'a')" becomes "attempt to index local 'a' (a nil value)". */
const BLAMED = /attempt to (\w+(?: \w+ (?:on|of))?) (an? \w+ value) \((\w+ '[^']*')\)/
const PLAIN_TOKEN = /(?<!['"])<(eof|name|string|number)>(?!['"])/g

export function wordsOfLua51(message: string): string {
  return message.replace(BLAMED, 'attempt to $1 $3 ($2)')
}

export function syntaxWordsOfLua51(message: string): string {
  return message.replace(PLAIN_TOKEN, "'<$1>'")
}

/** Comments and strings, in which an operator is none. */
const OPAQUE =
  /--\[(=*)\[[\s\S]*?\]\1\]|--[^\n]*|\[(=*)\[[\s\S]*?\]\2\]|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'/g
const LATER_SYNTAX = /\/\/|<<|>>|::|[&|]|~(?!=)|\bgoto\s+[A-Za-z_]/

/** What a Lua 5.1 would say of syntax that came later; undefined where there is none. */
export function laterSyntax(text: string): string | undefined {
  const code = text.replace(OPAQUE, (skipped) => skipped.replace(/[^\n]/g, ' '))
  const found = LATER_SYNTAX.exec(code)
  if (found === null) return undefined
  const line = code.slice(0, found.index).split('\n').length
  return `user_script:${line}: unexpected symbol near '${found[0].trim().slice(-1)}'`
}
