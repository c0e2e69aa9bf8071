import { expect, test } from 'vitest'
import { nice } from './Chart'

test('the axis ends at a round number above', () => {
  expect([0, 0.3, 1, 1.3, 2.1, 47, 99.9, 1320].map(nice)).toEqual([1, 0.3, 1, 1.5, 3, 50, 100, 1500])
})
