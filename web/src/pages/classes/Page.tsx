import { useMemo } from 'react'
import { countBy } from '../../api/count'
import { useEntities } from '../../api/entities'
import type { Document, Route } from '../../api/types'
import { useTexts } from '../../i18n'
import { Tags } from '../../ui/bits'
import { EntityPage } from '../../ui/EntityPage'
import type { Column } from '../../ui/table/Table'
import { en } from './en'
import { zh } from './zh'

type Class = Document & { name: string; priority: number; match: Record<string, unknown> }

const main = ['name', 'priority', 'match']

/** What of a class's match is set, in short texts. */
function rules(c: Class): string[] {
  return Object.entries(c.match).flatMap(([k, v]) => {
    if (k === 'mode' || k === 'version_from' || !v) return []
    return Array.isArray(v) ? v.map(String) : Object.entries(v as Record<string, string[]>).map(([name, list]) => `${name}: ${list.join(', ')}`)
  })
}

/** Kinds of clients, for routes and plugins that tell them apart. */
export default function Classes() {
  const t = useTexts({ en, zh })
  const routes = useEntities<Route & { client_classes?: string[] | null }>('routes')
  const used = useMemo(() => countBy(routes.rows.flatMap(r => r.client_classes ?? []), name => name), [routes.rows])
  const columns = useMemo((): Column<Class>[] => [
    { key: 'name', title: t.name, width: 'minmax(110px, 1fr)', value: c => c.name, cell: c => <b className="cut">{c.name}</b> },
    { key: 'by', title: t.by, width: 'minmax(150px, 2.4fr)', value: c => rules(c).join(' '), cell: c => rules(c).length ? <Tags list={rules(c)} mono /> : <span className="dim">{t.everybody}</span> },
    { key: 'priority', title: t.priority, width: '90px', wide: true, end: true, value: c => c.priority, cell: c => c.priority },
    { key: 'routes', title: t.routes, width: '90px', wide: true, end: true, value: c => used.get(c.name) ?? 0, text: () => '', cell: c => used.get(c.name) ?? <span className="off">0</span> },
  ], [t, used])
  return <EntityPage<Class> kind="client-classes" texts={t} icon="consumer" columns={columns} main={main} />
}
