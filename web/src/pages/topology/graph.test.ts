import { expect, test } from 'vitest'
import { arranged, connected, graphOf, matching } from './graph'

const g = graphOf({
  hosts: [{ host: 'a', routes: ['1', '2'] }, { host: '*', routes: ['3', 'gone'] }],
  routes: [{ id: '1', name: 'one', hosts: ['a'], paths: ['/x'], methods: ['GET'], service: 's' }, { id: '2', name: '', hosts: ['a'], paths: null, methods: null, service: null }, { id: '3', name: 'three', hosts: null, paths: ['/y'], methods: null, service: 't' }],
  services: [{ id: 's', name: 'shop', host: 'pool', upstream: 'u' }, { id: 't', name: 'other', host: '10.0.0.1' }],
  upstreams: [{ id: 'u', name: 'pool', targets: [{ id: 'x', target: '10.0.0.2:80', weight: 0, health: 'HEALTHY', draining: true }] }],
})

test('lines lead only to what there is', () => {
  expect(g.edges).toEqual([['ha', 'r1'], ['ha', 'r2'], ['h*', 'r3'], ['r1', 'ss'], ['r3', 'st'], ['ss', 'uu'], ['uu', 'tu x']])
  expect(g.boxes.get('r1')).toMatchObject({ text: 'one', sub: 'GET /x' })
})

test('what hangs together', () => {
  expect([...connected(g, ['ss'])].sort()).toEqual(['ha', 'r1', 'ss', 'tu x', 'uu'])
  expect([...matching(g, '10.0.0.2')!].sort()).toEqual(['ha', 'r1', 'ss', 'tu x', 'uu'])
  expect(matching(g, ' ')).toBeUndefined()
  expect(matching(g, 'nothing')!.size).toBe(0)
})

test('what follows stands beside what leads there, and what nothing leads to is last', () => {
  const g = graphOf({
    hosts: [], routes: ['a', 'b', 'c'].map((id, i) => ({ id, name: id, hosts: null, paths: null, methods: null, service: ['z', 'y', 'z'][i] })),
    services: [{ id: 'x', name: 'x', host: '' }, { id: 'y', name: 'm', host: '' }, { id: 'z', name: 'n', host: '', upstream: 'u' }], upstreams: [],
  })
  const names = (seen: (key: string) => boolean) => arranged(g, seen).map(c => c.list.map(b => b.text).join(''))
  expect(names(() => true)).toEqual(['', 'abc', 'mnx', '', ''])
  expect(names(k => k !== 'rb')).toEqual(['', 'ac', 'nmx', '', ''])
})
