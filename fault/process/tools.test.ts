// A machine that lacks a program is told which, how to get it, and which variable can point to it.
import { expect, it } from 'vitest'
import { StackError } from '../stack.ts'
import { missingTools, toolPaths } from './tools.ts'

const { execPath } = process
const others = { REDIS_SERVER: execPath, TOXIPROXY_SERVER: execPath }

it('a program that is nowhere is named, with its install command and its variable', () => {
  const environment = { ...others, PATH: '/nowhere' }
  expect(missingTools(undefined, environment, [])).toEqual([
    { name: 'haproxy', install: 'apt-get install haproxy', variable: 'HAPROXY' },
  ])
  expect(() => toolPaths(undefined, environment, [])).toThrow(
    new StackError('haproxy was not found: install it (apt-get install haproxy) or set HAPROXY to its path'),
  )
})

it('a variable that points to nothing is named with its value', () => {
  expect(() => toolPaths(undefined, { ...others, HAPROXY: '/no/haproxy' })).toThrow(
    new StackError('HAPROXY is /no/haproxy, which cannot be executed: set it to the path of haproxy'),
  )
})

it('everything that is missing is told at once', () => {
  const names = ['redis-server', 'haproxy', 'toxiproxy-server']
  expect(missingTools(undefined, { PATH: '/nowhere' }, []).map(({ name }) => name)).toEqual(names)
  for (const name of names)
    expect(() => toolPaths(undefined, { PATH: '/nowhere' }, [])).toThrow(`${name} was not found`)
})

it('a variable goes before the search path', () => {
  expect(toolPaths(undefined, { ...others, HAPROXY: execPath })).toEqual({
    'redis-server': execPath,
    haproxy: execPath,
    'toxiproxy-server': execPath,
  })
})

it('what is not needed is not missed', () => {
  expect(missingTools(['haproxy'], { PATH: '/nowhere' }, []).map(({ name }) => name)).toEqual(['haproxy'])
  expect(() => toolPaths(['haproxy'], { HAPROXY: execPath, PATH: '/nowhere' }, [])).not.toThrow()
})
