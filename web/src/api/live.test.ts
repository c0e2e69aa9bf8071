import { expect, test } from 'vitest'
import { joined, span, type Summary } from './live'

const at = (...times: number[]) => times.map(time => ({ time }) as Summary)

test('ticks come behind the history once each', () => {
  expect(joined(at(1, 2, 3), at(3, 4)).map(t => t.time)).toEqual([1, 2, 3, 4])
  expect(joined(at(1, 2), []).map(t => t.time)).toEqual([1, 2])
  expect(joined([], at(5)).map(t => t.time)).toEqual([5])
})

test('only the last minutes are kept', () => {
  const long = at(...Array.from({ length: span }, (_, i) => i))
  const out = joined(long, at(span))
  expect(out).toHaveLength(span)
  expect(out[0].time).toBe(1)
})
