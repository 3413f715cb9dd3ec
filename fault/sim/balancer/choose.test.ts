// Who is next: the least loaded, and among equals the order in which HAProxy's trees hold them, held against the real one.
import { describe, expect, it } from 'vitest'
import { Choice } from './choose.ts'

const A = 1
const B = 2
const C = 3

const leastconn = () => new Choice('leastconn', [A, B, C])
const usable = (choice: Choice, ...ids: number[]) => {
  for (const id of [A, B, C]) choice.becomes(id, ids.includes(id) ? 'usable' : 'not usable')
}
/** A request that ends before the next. */
const serve = (choice: Choice) => {
  const id = choice.next()
  if (id === undefined) return undefined
  choice.take(id)
  choice.drop(id)
  return id
}
const times = (count: number, serveOne: () => number | undefined) => Array.from({ length: count }, serveOne)

describe('by leastconn a request goes', () => {
  it('to each in turn, where none has another', () => {
    const choice = leastconn()
    expect(times(5, () => serve(choice))).toEqual([A, B, C, A, B])
  })

  it('past the one that has one already', () => {
    const choice = leastconn()
    choice.take(A)
    expect(times(4, () => serve(choice))).toEqual([B, C, B, C])
    choice.drop(A)
    expect(times(4, () => serve(choice))).toEqual([B, C, A, B])
  })

  it('to those that have fewest, and among these to the one that came to so many first', () => {
    const choice = leastconn()
    choice.take(B)
    choice.take(A)
    choice.take(C)
    expect(choice.next()).toBe(B)
    choice.drop(C)
    expect(choice.next()).toBe(C)
  })

  it('to none that drains or is down, and to one that comes back behind its equals', () => {
    const choice = leastconn()
    usable(choice, B, C)
    expect(times(3, () => serve(choice))).toEqual([B, C, B])
    usable(choice, A, B, C)
    expect(times(4, () => serve(choice))).toEqual([C, B, A, C])
  })

  it('to no one where none is usable, and to the avoided one where no other is', () => {
    const choice = leastconn()
    expect(choice.next(A)).toBe(B)
    usable(choice, A)
    expect(choice.next(A)).toBe(A)
    usable(choice)
    expect(choice.next()).toBeUndefined()
  })

  it('with the calls of sessions counted, on servers that take no others too', () => {
    const choice = leastconn()
    choice.take(A)
    usable(choice, B, C)
    choice.take(A)
    expect(choice.served(A)).toBe(2)
    usable(choice, A, B, C)
    choice.take(B)
    choice.take(C)
    expect(choice.next()).toBe(B)
  })
})

describe('by roundrobin a request goes', () => {
  it('to each in turn, whatever it has', () => {
    const choice = new Choice('roundrobin', [A, B, C])
    choice.take(A)
    expect(times(4, () => serve(choice))).toEqual([A, B, C, A])
  })

  it('past the avoided one', () => {
    const choice = new Choice('roundrobin', [A, B, C])
    expect(choice.next(A)).toBe(B)
  })
})

it('what `nbsrv` counts are the usable ones', () => {
  const choice = leastconn()
  expect(choice.usable).toBe(3)
  usable(choice, B)
  expect(choice.usable).toBe(1)
})
