import { hex, moment, oid, parts, tags, text, type Node } from './der'

// What people ask of a certificate. The gateway itself judges it; this only shows it.

export type Certificate = {
  subject: string
  issuer: string
  selfSigned: boolean
  /** Host names and addresses that it is for. */
  names: string[]
  from: number
  until: number
  serial: string
  key: string
  authority: boolean
  der: Uint8Array
}

export type Block = { kind: string; pem: string; der: Uint8Array }

/** blocks takes a PEM text apart. */
export function blocks(pem: string): Block[] {
  const out: Block[] = []
  for (const [all, kind, body] of pem.matchAll(/-----BEGIN ([^-\n]+)-----([^-]*)-----END \1-----/g)) {
    try {
      // Old keys have lines like headers, which are not base64.
      out.push({ kind, pem: all + '\n', der: Uint8Array.from(atob(body.replace(/^.*:.*$/gm, '').replace(/\s/g, '')), c => c.charCodeAt(0)) })
    } catch {
      out.push({ kind, pem: all + '\n', der: new Uint8Array() })
    }
  }
  return out
}

/** sorted tells certificates and keys of one text apart, as a bundle has both. */
export function sorted(pem: string): { certificates: string; keys: string } {
  const all = blocks(pem)
  const isKey = (b: Block) => b.kind.endsWith('PRIVATE KEY')
  return { certificates: all.filter(b => !isKey(b) && !b.kind.endsWith('PARAMETERS')).map(b => b.pem).join(''), keys: all.filter(isKey).map(b => b.pem).join('') }
}

/** chain reads the certificates of a text, the own one first. What cannot be read is left out. */
export function chain(pem: string | null | undefined): Certificate[] {
  const out: Certificate[] = []
  for (const b of blocks(pem ?? '')) {
    if (b.kind !== 'CERTIFICATE') continue
    try { out.push(parse(b.der)) } catch { /* the gateway says what is wrong with it */ }
  }
  return out
}

export function parse(der: Uint8Array): Certificate {
  const fields = parts(parts(parts(der)[0].body)[0].body)
  if (fields[0].tag === 0xa0) fields.shift() // the version
  const [serial, , issuer, validity, subject, key] = fields
  const [from, until] = parts(validity.body).map(moment)
  const c: Certificate = {
    subject: name(subject), issuer: name(issuer), selfSigned: hex(subject.body) === hex(issuer.body),
    names: [], from, until, serial: hex(serial.body.length > 1 && serial.body[0] === 0 ? serial.body.subarray(1) : serial.body), key: keyOf(key), authority: false, der,
  }
  const extensions = fields.find(f => f.tag === 0xa3)
  if (extensions) for (const e of parts(parts(extensions.body)[0].body)) extend(c, parts(e.body))
  return c
}

function extend(c: Certificate, e: Node[]) {
  const value = parts(e[e.length - 1].body)[0]
  switch (oid(e[0].body)) {
    case '2.5.29.17':
      for (const n of parts(value.body)) {
        if (n.tag === 0x82) c.names.push(text(n))
        else if (n.tag === 0x87) c.names.push(address(n.body))
      }
      break
    case '2.5.29.19':
      c.authority = parts(value.body)[0]?.tag === tags.boolean && parts(value.body)[0].body[0] !== 0
  }
}

const words: Record<string, string> = { '2.5.4.3': 'CN', '2.5.4.10': 'O', '2.5.4.11': 'OU', '2.5.4.6': 'C', '2.5.4.7': 'L', '2.5.4.8': 'ST' }

// The most particular comes first, as people write it.
function name(n: Node): string {
  const all = parts(n.body).flatMap(set => parts(set.body)).map(a => {
    const [type, value] = parts(a.body)
    return `${words[oid(type.body)] ?? oid(type.body)}=${text(value)}`
  })
  return all.reverse().join(', ')
}

/** common is the common name of a subject, or all of it if there is none. */
export const common = (subject: string) => /(?:^|, )CN=([^,]*)/.exec(subject)?.[1] ?? subject

const curves: Record<string, string> = { '1.2.840.10045.3.1.7': 'P-256', '1.3.132.0.34': 'P-384', '1.3.132.0.35': 'P-521' }

function keyOf(n: Node): string {
  const [algorithm, bits] = parts(n.body)
  const [type, of] = parts(algorithm.body)
  switch (oid(type.body)) {
    case '1.2.840.113549.1.1.1': {
      const modulus = parts(parts(bits.body.subarray(1))[0].body)[0].body
      return `RSA ${(modulus[0] === 0 ? modulus.length - 1 : modulus.length) * 8}`
    }
    case '1.2.840.10045.2.1': return `ECDSA ${curves[oid(of.body)] ?? oid(of.body)}`
    case '1.3.101.112': return 'Ed25519'
  }
  return oid(type.body)
}

function address(b: Uint8Array): string {
  if (b.length === 4) return [...b].join('.')
  const groups = Array.from({ length: b.length / 2 }, (_, i) => (b[2 * i] * 256 + b[2 * i + 1]).toString(16))
  return groups.join(':').replace(/(^|:)0(:0)+(:|$)/, '::')
}

/** covers says whether a certificate is good for a server name. */
export function covers(c: Certificate, host: string): boolean {
  const h = host.toLowerCase()
  if (h === '*') return true
  const names = c.names.length ? c.names : [common(c.subject)]
  return names.some(n => n.toLowerCase() === h || n.startsWith('*.') && h.includes('.') && h.slice(h.indexOf('.')) === n.slice(1).toLowerCase())
}

const day = 86_400

/** state is how a certificate stands at a moment. */
export function state(c: Certificate, now = Date.now() / 1000): 'early' | 'expired' | 'urgent' | 'soon' | 'good' {
  if (now < c.from) return 'early'
  if (now >= c.until) return 'expired'
  const left = (c.until - now) / day
  return left < 7 ? 'urgent' : left < 30 ? 'soon' : 'good'
}

export const tones = { early: 'warn', expired: 'bad', urgent: 'bad', soon: 'warn', good: 'good' } as const

/** armour makes PEM of a certificate that came without it. */
export function armour(der: Uint8Array): string {
  let s = ''
  for (const b of der) s += String.fromCharCode(b)
  return `-----BEGIN CERTIFICATE-----\n${btoa(s).replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`
}
