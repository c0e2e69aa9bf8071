import type { Document } from '../api/types'

/** titleOf is what people call a document: its name, or what stands for one. */
export function titleOf(d: Document | undefined): string {
  if (!d) return ''
  for (const k of ['name', 'username', 'custom_id', 'target', 'group', 'instance_name']) if (typeof d[k] === 'string' && d[k]) return d[k]
  for (const k of ['paths', 'hosts', 'snis']) if (Array.isArray(d[k]) && d[k].length) return String(d[k][0])
  return d.id.slice(0, 8)
}
