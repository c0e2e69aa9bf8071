/** countBy tells how many rows there are of each key; those without one are not counted. */
export function countBy<T>(rows: readonly T[], key: (row: T) => string | undefined): Map<string, number> {
  const n = new Map<string, number>()
  for (const r of rows) {
    const k = key(r)
    if (k) n.set(k, (n.get(k) ?? 0) + 1)
  }
  return n
}
