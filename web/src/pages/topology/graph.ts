import type { Health } from '../../api/live'

export type Topology = {
  hosts: { host: string; routes: string[] }[]
  routes: { id: string; name: string; hosts: string[] | null; paths: string[] | null; methods: string[] | null; service: string | null }[]
  services: { id: string; name: string; host: string; upstream?: string }[]
  upstreams: { id: string; name: string; targets: { id: string; target: string; weight: number; health: Health; draining: boolean }[] }[]
}

export type Column = 'hosts' | 'routes' | 'services' | 'upstreams' | 'targets'
export const columns: Column[] = ['hosts', 'routes', 'services', 'upstreams', 'targets']

export type Box = { key: string; column: Column; text: string; sub?: string; href?: string; health?: Health; draining?: boolean }
export type Graph = { boxes: Map<string, Box>; edges: [string, string][] }

/** graphOf makes boxes and the lines between them. */
export function graphOf(t: Topology): Graph {
  const boxes = new Map<string, Box>(), edges: [string, string][] = []
  const add = (b: Box) => boxes.set(b.key, b)
  for (const h of t.hosts) {
    add({ key: 'h' + h.host, column: 'hosts', text: h.host })
    for (const r of h.routes) edges.push(['h' + h.host, 'r' + r])
  }
  for (const r of t.routes) {
    add({ key: 'r' + r.id, column: 'routes', text: r.name || r.id.slice(0, 8), sub: [r.methods?.join(' '), r.paths?.join(' ')].filter(Boolean).join(' '), href: `/routes?open=${r.id}` })
    if (r.service) edges.push(['r' + r.id, 's' + r.service])
  }
  for (const s of t.services) {
    add({ key: 's' + s.id, column: 'services', text: s.name || s.id.slice(0, 8), sub: s.host, href: `/services?open=${s.id}` })
    if (s.upstream) edges.push(['s' + s.id, 'u' + s.upstream])
  }
  for (const u of t.upstreams) {
    add({ key: 'u' + u.id, column: 'upstreams', text: u.name, href: `/upstreams/${u.id}` })
    for (const x of u.targets) {
      const key = `t${u.id} ${x.id}`
      add({ key, column: 'targets', text: x.target, health: x.health, draining: x.draining, href: `/upstreams/${u.id}` })
      edges.push(['u' + u.id, key])
    }
  }
  return { boxes, edges: edges.filter(([a, b]) => boxes.has(a) && boxes.has(b)) }
}

const order = new Intl.Collator(undefined, { numeric: true })

/** arranged puts the boxes of each column in order: hosts and routes by name, and behind them each beside what leads to it, so that few lines cross. */
export function arranged(g: Graph, seen: (key: string) => boolean): { column: Column; list: Box[] }[] {
  const from = new Map<string, string[]>(), place = new Map<string, number>()
  for (const [a, b] of g.edges) from.set(b, [...from.get(b) ?? [], a])
  // What nothing leads to comes last.
  const wish = (b: Box): number => {
    const at = (from.get(b.key) ?? []).flatMap(k => place.get(k) ?? [])
    return b.column === 'hosts' || b.column === 'routes' ? 0 : at.length ? at.reduce((x, y) => x + y) / at.length : Infinity
  }
  return columns.map(column => {
    const list = [...g.boxes.values()].filter(b => b.column === column && seen(b.key)).map(b => ({ b, at: wish(b) }))
      .sort((x, y) => x.at === y.at ? order.compare(x.b.text, y.b.text) : x.at - y.at).map(x => x.b)
    list.forEach((b, i) => place.set(b.key, i))
    return { column, list }
  })
}

/** connected are all boxes on a way through those given: what leads there, and where it leads. */
export function connected(g: Graph, from: Iterable<string>): Set<string> {
  const out = new Set(from)
  for (const [a, b] of [[0, 1], [1, 0]] as const) {
    const next = new Map<string, string[]>()
    for (const e of g.edges) next.set(e[a], [...next.get(e[a]) ?? [], e[b]])
    const todo = [...from]
    while (todo.length) for (const k of next.get(todo.pop()!) ?? []) if (!out.has(k)) { out.add(k); todo.push(k) }
  }
  return out
}

/** matching is what has the words in it, with all that hangs together with it. */
export function matching(g: Graph, words: string): Set<string> | undefined {
  const w = words.trim().toLowerCase()
  if (!w) return undefined
  return connected(g, [...g.boxes.values()].filter(b => `${b.text} ${b.sub ?? ''}`.toLowerCase().includes(w)).map(b => b.key))
}
