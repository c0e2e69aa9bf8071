import { expect, test } from 'vitest'
import { patched } from './entities'

const doc = (id: string, name = id) => ({ id, name })

test('a revision changes documents where they stand, adds in front and removes', () => {
  const rows = [doc('a'), doc('b'), doc('c')]
  const out = patched(rows, new Map([['b', doc('b', 'new')], ['c', undefined], ['d', doc('d')], ['never', undefined]]))
  expect(out.map(d => d.name)).toEqual(['d', 'a', 'new'])
  expect(rows).toHaveLength(3)
})
