import { expect, test } from 'vitest'
import { read, words } from './curl'

test('words are those of a shell', () => {
  expect(words(`a 'b c' "d \\" e" f\\ g ''`)).toEqual(['a', 'b c', 'd " e', 'f g', ''])
  expect(words('a \\\n  b')).toEqual(['a', 'b'])
  expect(words(`"a\\d" 'x\\y'`)).toEqual(['a\\d', 'x\\y'])
  expect(() => words(`'open`)).toThrow()
})

test.each([
  ['curl http://a.test/x', { url: 'http://a.test/x', headers: {} }],
  ['$ curl a.test', { url: 'http://a.test', headers: {} }],
  [`curl -X PUT 'http://a/b?c=d' -H 'A: 1' --header "a: 2"`, { method: 'PUT', url: 'http://a/b?c=d', headers: { A: ['1', '2'] } }],
  ['curl -sSL -o /dev/null --max-time 3 -XDELETE http://a/', { method: 'DELETE', url: 'http://a/', headers: {} }],
  ['curl --data-raw x=1 http://a/', { method: 'POST', url: 'http://a/', headers: {} }],
  ['curl -G -d x=1 http://a/', { url: 'http://a/', headers: {} }],
  ['curl -I https://a/', { method: 'HEAD', url: 'https://a/', headers: {} }],
  ['curl -u a:b -A agent -b k=v --url http://a/', { url: 'http://a/', headers: { Authorization: 'Basic YTpi', 'User-Agent': 'agent', Cookie: 'k=v' } }],
  [`curl 'http://a/' \\\n  -H 'X: y' \\\n  --compressed`, { url: 'http://a/', headers: { X: 'y' } }],
  ['get /a/b', { method: 'GET', url: '/a/b', headers: {} }],
  ['https://a.test/', { url: 'https://a.test/', headers: {} }],
])('%s', (text, want) => { expect(read(text)).toEqual(want) })

test('what has no URL is refused', () => {
  expect(() => read('curl -H a:b')).toThrow()
  expect(() => read('')).toThrow()
})
