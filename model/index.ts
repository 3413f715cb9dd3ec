// What `mcp-failproof/model` offers: tell a history, have it judged, put the verdict into words.
export type { Analysis, Answer, Call, CallKey, Change, SessionId, SessionRef } from './call.ts'
export { describeAnswer, describeCall, describePromise } from './describe.ts'
export type { History, HistoryEvent, Outcome } from './history.ts'
export type { BrokenPromise, JudgeSettings, Verdict } from './judge.ts'
export { judge, PROMISES_OF_THE_MODEL } from './judge.ts'
