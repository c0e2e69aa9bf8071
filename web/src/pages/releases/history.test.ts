import { expect, test } from 'vitest'
import { errorShare, sum, type Moment } from './history'

const v = (requests: number, errors: number, p95: number) => ({ name: '', requests_per_second: requests, errors_per_second: errors, p50_ms: p95 / 2, p95_ms: p95, share: 0 })

test('a minute is summed up', () => {
  const list: Moment[] = [{ time: 1, baseline: v(1000, 1000, 900) }, ...Array.from({ length: 60 }, (_, i) => ({ time: i + 2, baseline: v(10, 1, i), candidate: i % 2 ? v(4, 2, 7) : undefined }))]
  const b = sum(list, 'baseline')
  expect(b.requests).toBeCloseTo(10)
  expect(b.p95).toBe(59)
  expect(errorShare(b)).toBeCloseTo(10)
  const c = sum(list, 'candidate')
  expect(c.requests).toBeCloseTo(2)
  expect(errorShare(c)).toBeCloseTo(50)
  expect(c.p50).toBe(3.5)
})

test('nothing is nothing', () => {
  expect(errorShare(sum([], 'candidate'))).toBe(0)
})
