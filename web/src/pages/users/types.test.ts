import { expect, test } from 'vitest'
import { added, suggestion, type RoleShown } from './types'

test('a suggested password has twenty letters in groups, and is another one each time', () => {
  const one = suggestion()
  expect(one).toMatch(/^([a-zA-Z2-9]{5}-){3}[a-zA-Z2-9]{5}$/)
  expect(suggestion()).not.toBe(one)
})

test('all letters are equally likely: bytes beyond the last round are left out', () => {
  let turn = 0
  const random = (n: number) => new Uint8Array(n).fill(turn++ === 0 ? 255 : 0)
  expect(suggestion(random)).toBe('aaaaa-aaaaa-aaaaa-aaaaa')
})

test('a role is told by what it may beyond the one before', () => {
  const roles = [{ name: 'viewer', doc: '', may: ['read'] }, { name: 'operator', doc: '', may: ['read', 'change'] }] as RoleShown[]
  expect(added(roles, 0)).toEqual(['read'])
  expect(added(roles, 1)).toEqual(['change'])
})
