// Turns: first come, first served, for each session by itself.
import { describe, expect, it } from 'vitest'
import { Turns } from './turns.ts'

describe('turns', () => {
  it('run the tasks of one session one after another, in order, also after one that failed', async () => {
    const turns = new Turns()
    const log: string[] = []
    const task = (name: string) => async () => {
      log.push(`${name} begins`)
      await Promise.resolve()
      log.push(`${name} ends`)
      if (name === 'a') throw new Error('a failed')
    }
    const ends = await Promise.allSettled(['a', 'b', 'c'].map((name) => turns.take('s', task(name))))
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  })

  it('of different sessions do not wait for each other', async () => {
    const turns = new Turns()
    void turns.take('s', () => new Promise(() => {}))
    expect(await turns.take('t', async () => 'done')).toBe('done')
  })
})
