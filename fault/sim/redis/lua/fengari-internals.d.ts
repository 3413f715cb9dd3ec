// What fengari's modules hand to one another, and do not promise to keep. Where a function of theirs is replaced (calls.ts,
// numbers.ts, read-only.ts, texts.ts), they find the other one, because they call it as a member of its module.

declare module 'fengari' {
  export interface TString {
    readonly realstring: Uint8Array
    /** Ours, as `bytes` is: see texts.ts. */
    text: string | undefined
    bytes: Uint8Array | undefined
  }
  export interface TValue {
    readonly type: number
    value: number | boolean | LuaTable | LuaFunction | Closure | TString | null
    ttnov(): number
    ttisnil(): boolean
    ttisinteger(): boolean
    setfltvalue(value: number): void
    setfrom(value: TValue): void
    sethvalue(value: LuaTable): void
    setnilvalue(): void
    setsvalue(value: TString): void
  }
  /** A function of Lua, which has a program; made by the compiler. */
  export interface Closure {
    readonly p: object
    readonly upvals: readonly TValue[]
  }
  export interface LuaTable {
    /** Its first entry. */
    readonly f: TableEntry | undefined
    /** Ours: see read-only.ts. */
    isReadOnly: boolean
  }
  export interface TableEntry {
    readonly key: TValue
    readonly value: TValue
    /** The next entry. */
    readonly n: TableEntry | undefined
  }
  /** One call that is under way. */
  export interface CallInfo {
    func: TValue | null
    funcOff: number
    top: number
    previous: CallInfo | null
    next: CallInfo | null
    nresults: number
    callstatus: number
  }
  export interface LuaState {
    readonly l_G: { id_counter: number; ids: Map<object, number> }
    readonly stack: TValue[]
    top: number
    ci: CallInfo
  }
  /** Works on the stack and answers how many results it left there. */
  export type LuaFunction = (L: LuaState) => number
}

declare module 'fengari/src/lobject.js' {
  import type { LuaState, TString, TValue } from 'fengari'

  const objects: {
    readonly TValue: new (type: number, value: TValue['value']) => TValue
    /** Reads a number; answers how many bytes it took and one more, or 0. */
    luaO_str2num(bytes: Uint8Array, into: TValue): number
    luaO_tostring(L: LuaState, value: TValue): void
    pushobj2s(L: LuaState, value: TValue): void
    pushsvalue2s(L: LuaState, string: TString): void
  }
  export = objects
}

declare module 'fengari/src/lstring.js' {
  import type { LuaState, TString } from 'fengari'

  const strings: {
    readonly TString: new (L: LuaState | null, bytes: Uint8Array) => TString
    luaS_bless(L: LuaState | null, bytes: Uint8Array): TString
  }
  export = strings
}

declare module 'fengari/src/ltable.js' {
  import type { LuaState, LuaTable, TString, TValue } from 'fengari'

  const tables: {
    readonly Table: new (L: LuaState) => LuaTable
    luaH_getstr(table: LuaTable, key: TString): TValue
    luaH_getint(table: LuaTable, key: number): TValue
    luaH_new(L: LuaState): LuaTable
    luaH_setfrom(L: LuaState, table: LuaTable, key: TValue, value: TValue): void
    luaH_setint(table: LuaTable, key: number, value: TValue): void
  }
  export = tables
}

declare module 'fengari/src/ldo.js' {
  import type { CallInfo, LuaState } from 'fengari'

  const calls: {
    adjust_top(L: LuaState, top: number): void
    luaD_checkstack(L: LuaState, size: number): void
    luaD_poscall(L: LuaState, call: CallInfo, first: number, count: number): boolean
    luaD_precall(L: LuaState, offset: number, wanted: number): boolean
    luaD_protectedparser(L: LuaState, source: object, name: Uint8Array, mode: Uint8Array | null): number
  }
  export = calls
}

declare module 'fengari/src/lstate.js' {
  import type { CallInfo, LuaState } from 'fengari'

  const states: { luaE_extendCI(L: LuaState): CallInfo }
  export = states
}

declare module 'fengari/src/lfunc.js' {
  const functions: { readonly Proto: { readonly prototype: object } }
  export = functions
}

declare module 'fengari/src/ldebug.js' {
  import type { LuaState } from 'fengari'

  const errors: { luaG_runerror(L: LuaState, format: Uint8Array, ...values: Uint8Array[]): never }
  export = errors
}
