import { expect, test } from 'vitest'
import { matching, sorted } from './order'

const rows = Array.from({ length: 5000 }, (_, i) => ({ id: i, name: `route-${(i * 7919) % 5000}`, paths: [`/p/${i}`], note: i % 3 ? 'x' : undefined }))

test('texts are sorted as people count, in both directions, with nothing last', () => {
  const list = [{ n: 'a10' }, { n: undefined }, { n: 'a2' }, { n: 'B1' }]
  expect(sorted(list, r => r.n, false).map(r => r.n)).toEqual(['a2', 'a10', 'B1', undefined])
  expect(sorted(list, r => r.n, true).map(r => r.n)).toEqual(['B1', 'a10', 'a2', undefined])
})

test('equal rows stay in order', () => {
  expect(sorted(rows, r => r.note, true).slice(0, 3).map(r => r.id)).toEqual([1, 2, 4])
})

test('each word of a filter must be there', () => {
  const text = (r: (typeof rows)[0]) => `${r.name} ${r.paths}`.toLowerCase()
  const found = matching(rows, text, ' ROUTE-4999  /p ')
  expect(found.map(r => r.name)).toEqual(['route-4999'])
  expect(matching(rows, text, 'route-1 nowhere')).toEqual([])
  expect(matching(rows, text, '')).toBe(rows)
})
