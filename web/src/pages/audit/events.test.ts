import { expect, test } from 'vitest'
import { keyOf, kindOf, people, type Happening } from './events'

const one = (h: Partial<Happening>): Happening => ({ time: '2026-11-30T14:00:00Z', who: 'ada', from: '127.0.0.1', why: '', changes: [], ...h })

test('events are of a kind', () => {
  expect(['login', 'logout', 'login_failed', 'user_created', 'token_removed', undefined].map(event => kindOf(one({ event })))).toEqual(['access', 'access', 'refused', 'users', 'users', 'change'])
})

test('a write and an event of the same moment are two', () => {
  expect(keyOf(one({ revision: 3 }))).not.toBe(keyOf(one({ event: 'login' })))
})

test('people are named once, and the one who is looked for stays', () => {
  expect(people([one({ who: 'bob' }), one({}), one({ who: '' }), one({})], 'eve')).toEqual(['ada', 'bob', 'eve'])
})
