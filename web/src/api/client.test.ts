import { afterEach, expect, test, vi } from 'vitest'
import { ApiError, onLost, request, setCsrf } from './client'

function answers(status: number, body: unknown, headers: Record<string, string> = {}) {
  const f = vi.fn(async (_url: string, _init: RequestInit) => new Response(body === undefined ? null : JSON.stringify(body), { status, headers }))
  vi.stubGlobal('fetch', f)
  return f
}

afterEach(() => {
  vi.unstubAllGlobals()
  setCsrf('')
  onLost(() => {})
})

test('a write carries the CSRF token, the ETag and the reason in UTF-8; a read carries no token', async () => {
  setCsrf('secret')
  const f = answers(200, { id: '1' }, { ETag: '"a"', 'X-Moongate-Revision': '7' })
  const a = await request('PUT', '/routes/1', { body: { name: 'a' }, ifMatch: '"b"', reason: '试' })
  expect(a).toMatchObject({ data: { id: '1' }, etag: '"a"', revision: 7 })
  expect(f.mock.calls[0][1].headers).toMatchObject({ 'X-CSRF-Token': 'secret', 'If-Match': '"b"', 'X-Reason': '\u00e8\u00af\u0095' })
  await request('GET', '/routes', { query: { size: 5, offset: '', dry: undefined } })
  expect(f.mock.calls[1][0]).toBe('/routes?size=5')
  expect(f.mock.calls[1][1].headers).not.toHaveProperty('X-CSRF-Token')
})

test('faults become errors of fields, by their paths', async () => {
  answers(400, { message: 'm', faults: [{ pointer: '/config/redis/port', message: 'too large' }, { pointer: '/paths/0', message: 'no slash' }] })
  const e = await request('POST', '/plugins').catch(e => e) as ApiError
  expect(e).toBeInstanceOf(ApiError)
  expect(e.fields).toEqual({ 'config.redis.port': 'too large', 'paths.0': 'no slash' })
})

test("Kong's nested fields do so too", async () => {
  answers(400, { message: 'm', fields: { config: { '@entity': ['one of these'], redis: { port: 'too large' } }, name: 'taken' } })
  const e = await request('POST', '/plugins').catch(e => e) as ApiError
  expect(e.fields).toEqual({ config: 'one of these', 'config.redis.port': 'too large', name: 'taken' })
})

test('401 ends the session, but not where one logs in', async () => {
  const lost = vi.fn()
  onLost(lost)
  answers(401, { message: 'no' })
  await request('POST', '/session').catch(() => {})
  expect(lost).not.toHaveBeenCalled()
  await request('GET', '/routes').catch(() => {})
  expect(lost).toHaveBeenCalledOnce()
})

test('a gateway that does not answer is status 0; what is throttled says how long', async () => {
  vi.stubGlobal('fetch', async () => { throw new TypeError('failed') })
  expect(await request('GET', '/').catch(e => e.status)).toBe(0)
  answers(429, { message: 'slow' }, { 'Retry-After': '3' })
  expect(await request('GET', '/').catch(e => e.retryAfter)).toBe(3)
})
