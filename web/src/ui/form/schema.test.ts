import { expect, test } from 'vitest'
import { check, editable, fieldsOf, split, tidy, type Schema } from './schema'

const limits: Schema = {
  fields: [
    { second: { type: 'number' } }, { minute: { type: 'number' } }, { limit_by: { type: 'string', default: 'ip', one_of: ['ip', 'header'] } }, { header_name: { type: 'string' } },
    { redis: { type: 'record', required: true, fields: [{ host: { type: 'string', required: true } }] } },
    { a: { type: 'string' } }, { b: { type: 'string' } }, { c: { type: 'string' } }, { d: { type: 'integer', default: 3 } },
  ],
  entity_checks: [
    { at_least_one_of: ['second', 'minute'] },
    { conditional: { if_field: 'limit_by', if_match: { one_of: ['header'] }, then_field: 'header_name', then_match: { required: true } } },
  ],
}
const words = { number: 'number', integer: 'integer', missing: 'missing' }
const names = (l: { name: string }[]) => l.map(f => f.name).join()

test('a form begins with what must be set', () => {
  const fields = fieldsOf(limits)
  expect(names(split(fields, {}, limits.entity_checks).first)).toBe('second,minute')
  expect(names(split(fields, { limit_by: 'header', d: 4, c: null }, limits.entity_checks).first)).toBe('second,minute,limit_by,header_name,d')
  expect(names(split(fields, {}, [], ['c', 'a']).first)).toBe('c,a')
})

test('what the gateway fills in, and what may only be nothing, is not asked for', () => {
  expect(names(editable(fieldsOf({ fields: [{ id: { type: 'string', auto: true, uuid: true } }, { created_at: { type: 'integer', auto: true } }, { key: { type: 'string', auto: true } }, { consumer: { type: 'foreign', eq: null } }, { name: { type: 'string' } }] })))).toBe('key,name')
})

test('what is missing or no number is told with its path', () => {
  expect(check(fieldsOf(limits), { second: 'x', d: 1.5 }, words)).toEqual({ second: 'number', d: 'integer', 'redis.host': 'missing' })
})

test('what is not set is not sent; null and empty lists are', () => {
  expect(tidy({ a: undefined, b: '', c: null, d: [], e: { f: '', g: [{ h: '' }] } })).toEqual({ c: null, d: [], e: { g: [{}] } })
})
