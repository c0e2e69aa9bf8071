import type { Act, Change, Document } from '../../api/types'
import { titleOf } from '../../ui/title'

/** nameOf is what people call what was changed. Of what is hidden there is only its id. */
export function nameOf(c: Change): string {
  const doc = c.new ?? c.old
  return doc && typeof doc === 'object' ? titleOf(doc as Document) : c.name || c.id.slice(0, 8)
}

export type Summary = { create: number; update: number; delete: number; /** The kinds, each once, in the order of the changes. */ kinds: string[] }

/** summary counts what a revision did. */
export function summary(changes: Change[], acts: Act[] = []): Summary {
  const s: Summary = { create: 0, update: 0, delete: 0, kinds: [...new Set([...changes, ...acts].map(c => c.kind))] }
  for (const c of changes) s[c.action]++
  return s
}

/** follows says whether a revision comes right behind those of a list: not if it is there already, nor if some were missed. */
export function follows(rows: readonly { number: number }[], come: { number: number }): 'next' | 'known' | 'gap' {
  const last = rows[0]?.number ?? come.number - 1
  return come.number <= last ? 'known' : come.number === last + 1 ? 'next' : 'gap'
}
