// A string of Lua has two sides here: the bytes that fengari works on, and a text of one character a byte, as commands
// take and give it. Each is made of the other when it is first asked for, and mostly it never is.
//
// By their texts fengari tells strings apart as keys of a table, and orders them. Its own spelling of a string for that is
// slow, and wrong: each byte in hexadecimal without a leading zero, so that "\1#" and "\18\3" were one key, and a line end
// came after every letter.
import type { LuaState, TString } from 'fengari'
import { fromBytes, toBytes } from './bytes.ts'
import { calls, objects, strings } from './fengari.ts'

const NO_BYTES = new Uint8Array()

/** The compiler knows the words of the language by fengari's spelling of them. */
let isCompiling = false

/** For the whole process, as fengari has one kind of string; and before anything here can make one. */
giveStringsTexts()

function giveStringsTexts(): void {
  Object.defineProperties(strings.TString.prototype, {
    // The constructor of fengari sets these two, the hash first: so every string has the same fields in the same order.
    hash: {
      get(this: TString) {
        return isCompiling ? `|${Buffer.from(this.realstring).toString('hex')}` : textOf(this)
      },
      set(this: TString) {
        this.text = undefined
      },
    },
    realstring: {
      get(this: TString) {
        this.bytes ??= toBytes(this.text ?? '')
        return this.bytes
      },
      set(this: TString, bytes: Uint8Array) {
        this.bytes = bytes
      },
    },
    tsslen: {
      value(this: TString) {
        return this.text === undefined ? this.realstring.length : this.text.length
      },
    },
  })
  const parse = calls.luaD_protectedparser
  calls.luaD_protectedparser = (L, source, name, mode) => {
    isCompiling = true
    try {
      return parse(L, source, name, mode)
    } finally {
      isCompiling = false
    }
  }
}

export function textOf(string: TString): string {
  string.text ??= fromBytes(string.realstring)
  return string.text
}

export function stringOf(text: string): TString {
  const string = strings.luaS_bless(null, NO_BYTES)
  string.text = text
  string.bytes = undefined
  return string
}

/** Onto Lua's stack. */
export function pushText(L: LuaState, text: string): void {
  objects.pushsvalue2s(L, stringOf(text))
}
