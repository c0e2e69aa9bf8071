import { expect, test } from 'vitest'
import { read } from '../explain/curl'
import type { Recent } from '../explain/Recently'
import { curlOf, explainOf } from './curl'

test('what is written is what is read', () => {
  const r = { method: 'PUT', host: 'a.test', path: `/it's?a=b c`, headers: { Host: 'a.test:81', Cookie: `x='y'`, 'X-B': 'z' } } as unknown as Recent
  expect(read(curlOf(r))).toEqual({ method: 'PUT', url: `http://a.test:81/it's?a=b c`, headers: { Cookie: `x='y'`, 'X-B': 'z' } })
})

test('the host of an absolute target counts, not the header', () => {
  const r = { method: 'GET', host: 'a.test', path: '/x', headers: { host: 'other.test' } } as unknown as Recent
  expect(read(curlOf(r))).toEqual({ url: 'http://a.test/x', headers: {} })
})

test('who asked comes along', () => {
  const r = { method: 'GET', host: 'a.test', path: '/x', headers: null, client: '10.0.0.1', consumer: 'anna' } as unknown as Recent
  expect(Object.fromEntries(new URLSearchParams(explainOf(r).split('?')[1]))).toEqual({ request: "curl 'http://a.test/x'", client: '10.0.0.1', consumer: 'anna' })
})
