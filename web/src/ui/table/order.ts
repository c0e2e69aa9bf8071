// Which rows a table shows, and in which order. Apart from the table, so that it can be measured.

export type Value = string | number | boolean | null | undefined

export type Sort = { key: string; down: boolean }

/** compare puts what is not there last, numbers by size, and texts as people count: a2 before a10. */
export function compare(a: Value, b: Value): number {
  const none = (v: Value) => v === undefined || v === null || v === ''
  if (none(a) || none(b)) return Number(none(a)) - Number(none(b))
  if (typeof a === 'string' && typeof b === 'string') return collator.compare(a, b)
  return Number(a) - Number(b)
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** sorted reads each row's value once. Equal rows stay as they came, in both directions. */
export function sorted<T>(rows: readonly T[], value: (row: T) => Value, down: boolean): T[] {
  const keys = rows.map(value)
  const at = rows.map((_, i) => i)
  const sign = down ? -1 : 1
  at.sort((i, j) => {
    const a = keys[i], b = keys[j]
    const gone = Number(a == null || a === '') - Number(b == null || b === '')
    return gone || sign * compare(a, b) || i - j
  })
  return at.map(i => rows[i])
}

/** matching keeps the rows that have every word somewhere. */
export function matching<T extends object>(rows: readonly T[], text: (row: T) => string, filter: string): readonly T[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.length) return rows
  return rows.filter(r => {
    const s = text(r)
    return words.every(w => s.includes(w))
  })
}
