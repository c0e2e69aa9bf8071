import { expect, test } from 'vitest'
import { fill } from './paged'

// 1000 rows in pages of 10.
const asked: string[] = []
const read = async (path: string) => {
  asked.push(path)
  const from = Number(path)
  return { data: Array.from({ length: 10 }, (_, i) => from + i), next: from + 10 < 1000 ? String(from + 10) : null }
}

test('pages are read until there are enough rows', async () => {
  const page = await fill(read, '0', () => true)
  expect(page.rows).toHaveLength(30)
  expect(page.next).toBe('30')
})

test('what is seldom is looked for in more pages, but not in all at once', async () => {
  asked.length = 0
  const page = await fill(read, '0', n => n === 995)
  expect(asked).toHaveLength(10)
  expect(page.next).toBe('100')
})

test('a list that ends has no next', async () => {
  expect(await fill(read, '990', () => true)).toEqual({ rows: [990, 991, 992, 993, 994, 995, 996, 997, 998, 999], next: '' })
})
