import { expect, test } from 'vitest'
import { bytes, latency, milliseconds, setLanguage, short, ago, seconds } from '.'

test('figures are short', () => {
  expect([0, 0.004, 3.14159, 12.34, 999, 1234, 5_600_000].map(short)).toEqual(['0', '0', '3.14', '12.3', '999', '1.23k', '5.6M'])
  expect([0, 512, 1536, 7 * 1024 ** 3].map(bytes)).toEqual(['0 B', '512 B', '1.5 KiB', '7 GiB'])
  expect([0, 0.25, 3.2, 1500].map(milliseconds)).toEqual(['0', '250 µs', '3.2 ms', '1.5 s'])
  expect([latency(0), latency(0.25), latency(3.2), latency(0, 0)]).toEqual(['< 1 ms', '< 1 ms', '3.2 ms', '–'])
})

test('times are told in the language that is read', () => {
  const hour = Date.now() / 1000 - 3600
  setLanguage('en')
  expect(ago(hour)).toMatch(/hr|hour/)
  expect([3.51, 600, 9000].map(seconds)).toEqual(['3.5 secs', '10 mins', '2.5 hrs'])
  setLanguage('zh')
  expect(ago(hour)).toContain('小时')
})
