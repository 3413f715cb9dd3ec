// How a story is tested: with each answer that can be explained, and with its twins, one answer off, that cannot.
import { describe, expect, it } from 'vitest'
import type { Answer } from './call.ts'
import { type BrokenPromise, type JudgeSettings, judge } from './judge.ts'
import { Story } from './story.ts'

export const SETTINGS: JudgeSettings = { ttlMs: 3_000, clockSlackMs: 5 }

export interface Twin {
  readonly right: readonly Answer[]
  readonly wrong: readonly Answer[]
  readonly breaks: BrokenPromise
  readonly keys?: 'keys' | 'noKeys'
}

export function story(title: string, twin: Twin, tell: (story: Story, answer: Answer) => void) {
  const told = (answer: Answer) => {
    const one = new Story(twin.keys)
    tell(one, answer)
    return judge(one.events, SETTINGS)
  }
  describe(title, () => {
    for (const answer of twin.right) {
      it(`explains ${JSON.stringify(answer)}`, () => expect(told(answer)).toMatchObject({ kind: 'explained' }))
    }
    for (const answer of twin.wrong) {
      it(`rejects ${JSON.stringify(answer)}: ${twin.breaks}`, () =>
        expect(told(answer)).toMatchObject({ kind: 'impossible', promise: twin.breaks, answer }))
    }
  })
}
