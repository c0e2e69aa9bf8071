// Documents as lines of text, and what differs between two of them.

const noise = new Set(['updated_at', 'created_at'])

/** Says what an entity is called. */
export type Call = (id: string) => string | undefined

/** lines writes a document as YAML does, which is shorter to read than JSON. What it refers to is written by name, where that is known. */
export function lines(v: unknown, call: Call = () => undefined, indent = ''): string[] {
  if (!v || typeof v !== 'object') return [indent + scalar(v)]
  const out: string[] = []
  if (Array.isArray(v)) {
    for (const e of v) {
      if (!nested(e)) out.push(`${indent}- ${flat(e)}`)
      else {
        const l = lines(e, call, indent + '  ')
        out.push(`${indent}- ${l[0].trimStart()}`, ...l.slice(1))
      }
    }
    return out
  }
  for (const [k, e] of Object.entries(v)) {
    if (e === null || indent === '' && noise.has(k)) continue // null is what is not set
    const id = refers(e)
    if (id) out.push(`${indent}${k}: ${call(id) ?? id}`)
    else if (!nested(e)) out.push(`${indent}${k}: ${flat(e)}`)
    else out.push(`${indent}${k}:`, ...lines(e, call, indent + '  '))
  }
  return out.length ? out : [indent + '{}']
}

const refers = (v: unknown) => v && typeof v === 'object' && 'id' in v && typeof v.id === 'string' && Object.keys(v).length === 1 ? v.id : undefined
const nested = (v: unknown) => !!v && typeof v === 'object' && Object.keys(v).length > 0
const flat = (v: unknown) => Array.isArray(v) ? '[]' : v && typeof v === 'object' ? '{}' : scalar(v)

function scalar(v: unknown): string {
  if (typeof v !== 'string') return JSON.stringify(v) ?? 'null'
  if (v.includes('-----BEGIN ')) return pem(v)
  return v === '' || /^[\s\-?:,[\]{}#&*!|>'"%@`]|[\n\t]|: |\s$|^(true|false|null|[\d.+-]+)$/.test(v) ? JSON.stringify(v) : v
}

// Certificates and keys are told by what they are and how they end: nobody reads the rest, and keys are nobody's to read.
function pem(v: string): string {
  return [...v.matchAll(/-----BEGIN ([^-]+)-----([^-]*)-----END/g)].map(([, kind, body]) => `${kind} …${body.replace(/\s/g, '').slice(-12)}`).join(' + ')
}

export type Line = { kind: 'same' | 'plus' | 'minus'; text: string } | { kind: 'gap'; count: number }

/** compare is the shortest way from one to the other, with the lines around each change. */
export function compare(old: string[], now: string[], around = 3): Line[] {
  let head = 0
  while (head < old.length && head < now.length && old[head] === now[head]) head++
  let tail = 0
  while (tail < old.length - head && tail < now.length - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++
  const all: Line[] = old.slice(0, head).map(same)
  all.push(...middle(old.slice(head, old.length - tail), now.slice(head, now.length - tail)))
  all.push(...old.slice(old.length - tail).map(same))
  return folded(all, around)
}

const same = (text: string): Line => ({ kind: 'same', text })

function middle(a: string[], b: string[]): Line[] {
  const minus = (text: string): Line => ({ kind: 'minus', text })
  const plus = (text: string): Line => ({ kind: 'plus', text })
  if (a.length * b.length > 4_000_000) return [...a.map(minus), ...b.map(plus)]
  // The longest common subsequence of a[i:] and b[j:].
  const w = b.length + 1
  const n = new Uint32Array((a.length + 1) * w)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) n[i * w + j] = a[i] === b[j] ? n[(i + 1) * w + j + 1] + 1 : Math.max(n[(i + 1) * w + j], n[i * w + j + 1])
  }
  const out: Line[] = []
  let i = 0, j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { out.push(same(a[i])); i++; j++ }
    else if (i < a.length && (j >= b.length || n[(i + 1) * w + j] >= n[i * w + j + 1])) out.push(minus(a[i++]))
    else out.push(plus(b[j++]))
  }
  return out
}

function folded(all: Line[], around: number): Line[] {
  const near = new Uint8Array(all.length)
  all.forEach((l, i) => { if (l.kind !== 'same') near.fill(1, Math.max(0, i - around), Math.min(all.length, i + around + 1)) })
  const out: Line[] = []
  for (let i = 0; i < all.length;) {
    if (near[i]) { out.push(all[i++]); continue }
    const start = i
    while (i < all.length && !near[i]) i++
    if (i - start === 1) out.push(all[start])
    else out.push({ kind: 'gap', count: i - start })
  }
  return out
}
