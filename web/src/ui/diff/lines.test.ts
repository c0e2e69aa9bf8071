import { expect, test } from 'vitest'
import { compare, lines } from './lines'

test('a document is written as YAML', () => {
  expect(lines({ name: 'a', updated_at: 1, paths: ['/a', '/b'], none: [], unset: null, config: { limit: { minute: 5 }, list: [{ ip: '::1', port: 80 }] }, text: '12', empty: '' })).toEqual([
    'name: a', 'paths:', '  - /a', '  - /b', 'none: []', 'config:', '  limit:', '    minute: 5', '  list:', '    - ip: "::1"', '      port: 80', 'text: "12"', 'empty: ""',
  ])
})

test('what a document refers to is written by name', () => {
  const doc = { service: { id: 'a1' }, route: { id: 'b2' } }
  expect(lines(doc, id => id === 'a1' ? 'shop' : undefined)).toEqual(['service: shop', 'route: b2'])
})

test('only what differs is shown, with what is around it', () => {
  const old = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const now = ['a', 'b', 'c', 'd', 'x', 'f', 'g', 'h', 'i']
  expect(compare(old, now, 1)).toEqual([
    { kind: 'gap', count: 3 }, { kind: 'same', text: 'd' }, { kind: 'minus', text: 'e' }, { kind: 'plus', text: 'x' }, { kind: 'same', text: 'f' },
    { kind: 'same', text: 'g' }, { kind: 'same', text: 'h' }, { kind: 'plus', text: 'i' },
  ])
  expect(compare(old, old)).toEqual([{ kind: 'gap', count: 8 }])
})

test('a line that moved is one taken away and one added', () => {
  expect(compare(['a', 'b', 'c'], ['b', 'c', 'a'])).toEqual([
    { kind: 'minus', text: 'a' }, { kind: 'same', text: 'b' }, { kind: 'same', text: 'c' }, { kind: 'plus', text: 'a' },
  ])
})
