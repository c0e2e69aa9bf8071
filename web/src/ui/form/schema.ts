// The schemas that /schemas/... shows, which are Kong's.

export type Type = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'set' | 'map' | 'record' | 'foreign' | 'function' | 'any'

export type Shape = {
  type: Type
  description?: string
  default?: unknown
  required?: boolean
  one_of?: (string | number)[]
  between?: [number, number]
  gt?: number
  len_min?: number
  eq?: unknown
  auto?: boolean
  immutable?: boolean
  encrypted?: boolean
  uuid?: boolean
  moongate?: boolean
  reference?: string
  elements?: Shape
  keys?: Shape
  values?: Shape
  fields?: Named[]
  entity_checks?: Check[]
  shorthand_fields?: Named[]
}
export type Named = Record<string, Shape>
export type Schema = { fields: Named[]; entity_checks?: Check[]; shorthand_fields?: Named[] }
type Check = { at_least_one_of?: string[]; conditional?: { if_field: string; if_match: { one_of?: unknown[]; not_one_of?: unknown[]; eq?: unknown }; then_field: string; then_match: { required?: boolean } } }

export type Field = Shape & { name: string }

/** fieldsOf lists fields in the schema's order. */
export const fieldsOf = (s: { fields?: Named[] } | undefined): Field[] => (s?.fields ?? []).map(one => {
  const [[name, shape]] = Object.entries(one)
  return { name, ...shape }
})

/** editable leaves out what only the gateway fills in, and what may only be nothing. A text that it makes up, such as a key, may be given. */
export const editable = (fields: Field[]) => fields.filter(f => !(f.auto && (f.uuid || f.type !== 'string')) && !('eq' in f && f.eq === null))

export const isList = (s: Shape) => s.type === 'array' || s.type === 'set'

/** simple is what fits into one line of a list. */
export const simple = (s: Shape | undefined) => !!s && (s.type === 'string' || s.type === 'integer' || s.type === 'number')

/** plain is a default as people read it. */
export function plain(v: unknown): string {
  if (v === undefined || v === null) return ''
  if (Array.isArray(v)) return v.map(plain).join(', ')
  return typeof v === 'object' ? JSON.stringify(v) : String(v)
}

export type Doc = Record<string, unknown>

/**
 * split tells which fields a form begins with: those that somebody must set, of which one must be,
 * and that are set. If nothing stands out and there are few, it is all of them.
 */
export function split(fields: Field[], value: Doc, checks: Check[] = [], main?: string[]): { first: Field[]; rest: Field[] } {
  if (main) {
    const first = main.map(n => fields.find(f => f.name === n)).filter(f => f !== undefined)
    return { first, rest: fields.filter(f => !main.includes(f.name)) }
  }
  const asked = new Set(checks.flatMap(c => c.at_least_one_of ?? []))
  for (const c of checks) if (c.conditional && meets(c.conditional, value, fields)) asked.add(c.conditional.then_field.split('.')[0])
  let first = fields.filter(f => asked.has(f.name) || f.required && f.default === undefined && f.type !== 'record' && f.type !== 'boolean' || value[f.name] !== undefined && value[f.name] !== null && !same(value[f.name], f.default) && f.type !== 'record')
  if (first.length < 2 || fields.length <= 7) {
    const few = fields.length <= 7 ? fields.filter(f => f.type !== 'record') : fields.filter(f => f.type !== 'record').slice(0, 4)
    first = fields.filter(f => first.includes(f) || few.includes(f))
  }
  if (fields.length - first.length <= 1) first = fields
  return { first, rest: fields.filter(f => !first.includes(f)) }
}

function meets(c: NonNullable<Check['conditional']>, value: Doc, fields: Field[]): boolean {
  if (!c.then_match.required) return false
  const v = value[c.if_field] ?? fields.find(f => f.name === c.if_field)?.default
  return !!c.if_match.one_of?.includes(v) || 'eq' in c.if_match && c.if_match.eq === v
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

export type Words = { number: string; integer: string; missing: string }

/** check finds what can be seen to be wrong without the gateway; the gateway's word is the last. */
export function check(fields: Field[], value: Doc, words: Words, path = ''): Record<string, string> {
  const out: Record<string, string> = {}
  for (const f of fields) {
    const at = path + f.name
    const v = value[f.name]
    if (v === undefined || v === null || v === '') {
      if (f.required && f.default === undefined && f.type !== 'record' && f.type !== 'boolean' && !f.auto) out[at] = words.missing
      else if (f.type === 'record' && f.required) Object.assign(out, check(fieldsOf(f), {}, words, at + '.'))
    } else if ((f.type === 'number' || f.type === 'integer') && typeof v !== 'number') out[at] = words.number
    else if (f.type === 'integer' && !Number.isInteger(v)) out[at] = words.integer
    else if (f.type === 'record' && typeof v === 'object') Object.assign(out, check(fieldsOf(f), v as Doc, words, at + '.'))
  }
  return out
}

/** tidy is a document as it is sent: without what is not set. */
export function tidy(v: unknown): unknown {
  if (Array.isArray(v)) return v.map(tidy)
  if (!v || typeof v !== 'object') return v
  return Object.fromEntries(Object.entries(v).filter(([, e]) => e !== undefined && e !== '').map(([k, e]) => [k, tidy(e)]))
}
