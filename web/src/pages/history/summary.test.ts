import { expect, test } from 'vitest'
import type { Change, Document } from '../../api/types'
import { follows, nameOf, summary } from './summary'

const change = (c: Partial<Change>): Change => ({ kind: 'services', id: '0123456789', action: 'update', ...c })

test('a revision is told by its counts and its kinds', () => {
  const list = [change({ action: 'create' }), change({ kind: 'routes', action: 'create' }), change({ action: 'delete' })]
  expect(summary(list)).toEqual({ create: 2, update: 0, delete: 1, kinds: ['services', 'routes'] })
  expect(summary([], [{ name: 'purge', kind: 'plugins', id: 'a' }]).kinds).toEqual(['plugins'])
})

test('a change is called as its document, also when that is gone or hidden', () => {
  expect(nameOf(change({ old: { id: 'a', name: 'was' }, new: { id: 'a', name: 'shop' } }))).toBe('shop')
  expect(nameOf(change({ action: 'delete', old: { id: 'a', username: 'alice' } }))).toBe('alice')
  expect(nameOf(change({ new: '***' as unknown as Document }))).toBe('01234567')
})

test('a revision that comes twice is known, and one that was missed is noticed', () => {
  expect(follows([{ number: 7 }, { number: 6 }], { number: 8 })).toBe('next')
  expect(follows([{ number: 7 }], { number: 7 })).toBe('known')
  expect(follows([{ number: 7 }], { number: 9 })).toBe('gap')
  expect(follows([], { number: 1 })).toBe('next')
})
