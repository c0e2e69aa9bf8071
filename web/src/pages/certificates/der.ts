// As much of DER as certificates need.

export type Node = { tag: number; /** of what is in it */ body: Uint8Array }

/** parts takes what is in a sequence, a set or a whole text apart. */
export function parts(b: Uint8Array): Node[] {
  const out: Node[] = []
  for (let at = 0; at < b.length;) {
    const tag = b[at]
    let size = b[at + 1]
    at += 2
    if (size & 0x80) {
      const n = size & 0x7f
      if (n < 1 || n > 4) throw new Error('a length that DER does not have')
      size = 0
      for (let i = 0; i < n; i++) size = size * 256 + b[at + i]
      at += n
    }
    if (!(at + size <= b.length)) throw new Error('it ends too early')
    out.push({ tag, body: b.subarray(at, at + size) })
    at += size
  }
  return out
}

export const tags = { boolean: 1, integer: 2, bits: 3, octets: 4, oid: 6, sequence: 0x30, set: 0x31 } as const

/** oid writes an object identifier with dots. */
export function oid(b: Uint8Array): string {
  const out: number[] = []
  let n = 0
  for (const x of b) {
    n = n * 128 + (x & 0x7f)
    if (x & 0x80) continue
    if (out.length) out.push(n)
    else out.push(Math.min(2, Math.floor(n / 40)), n - 40 * Math.min(2, Math.floor(n / 40)))
    n = 0
  }
  return out.join('.')
}

/** text reads the strings that names are made of. */
export function text(n: Node): string {
  if (n.tag === 30) return new TextDecoder('utf-16be').decode(n.body)
  return new TextDecoder(n.tag === 20 ? 'latin1' : 'utf-8').decode(n.body)
}

/** moment reads UTCTime and GeneralizedTime, in seconds since 1970. */
export function moment(n: Node): number {
  let s = text(n)
  if (n.tag === 23) s = (Number(s.slice(0, 2)) < 50 ? '20' : '19') + s
  const m = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?/.exec(s)
  if (!m) throw new Error('a time that is none')
  const [y, mo, d, h, mi, sec] = m.slice(1).map(x => Number(x ?? 0))
  return Date.UTC(y, mo - 1, d, h, mi, sec) / 1000
}

export const hex = (b: Uint8Array) => Array.from(b, x => x.toString(16).padStart(2, '0').toUpperCase()).join(':')
