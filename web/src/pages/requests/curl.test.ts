import { expect, test } from 'vitest'
import { read } from '../explain/curl'
import type { Recent } from '../explain/Recently'
import { curlOf } from './curl'

test('what is written is what is read', () => {
  const r = { method: 'PUT', host: 'a.test', path: `/it's?a=b c`, headers: { Host: 'a.test:81', Cookie: `x='y'`, 'X-B': 'z' } } as unknown as Recent
  expect(read(curlOf(r))).toEqual({ method: 'PUT', url: `http://a.test:81/it's?a=b c`, headers: { Cookie: `x='y'`, 'X-B': 'z' } })
})
