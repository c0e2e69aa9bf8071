import { useMemo } from 'react'
import { countBy } from '../../api/count'
import { useEntities } from '../../api/entities'
import type { Consumer, Document, Plugin } from '../../api/types'
import { go } from '../../app/router'
import { useTexts } from '../../i18n'
import { Tags } from '../../ui/bits'
import { EntityPage } from '../../ui/EntityPage'
import type { Column } from '../../ui/table/Table'
import { titleOf } from '../../ui/title'
import { en } from './en'
import { zh } from './zh'

export type Credential = Document & { consumer: { id: string } }
export const credentialKinds = ['key-auths', 'basic-auths', 'jwts', 'hmac-auths', 'mtls-auths', 'acls'] as const
export const main = ['username', 'custom_id', 'tags']

export function Consumers() {
  const t = useTexts({ en, zh })
  const plugins = useEntities<Plugin>('plugins')
  const lists = credentialKinds.map(k => useEntities<Credential>(k).rows)
  const has = useMemo(() => countBy(lists.flat(), c => c.consumer?.id), lists)
  const count = useMemo(() => countBy(plugins.rows, p => p.consumer?.id), [plugins.rows])
  const columns = useMemo((): Column<Consumer>[] => [
    { key: 'name', title: t.name, width: 'minmax(140px, 1.4fr)', value: titleOf, text: c => `${c.username ?? ''}`, cell: c => <b className="cut">{titleOf(c)}</b> },
    { key: 'custom', title: t.customId, width: 'minmax(110px, 1fr)', wide: true, value: c => c.custom_id, cell: c => c.custom_id || <span className="dim">–</span> },
    { key: 'tags', title: t.tags, width: 'minmax(110px, 1fr)', wide: true, value: c => c.tags?.join(' '), cell: c => <Tags list={c.tags} most={2} /> },
    { key: 'credentials', title: t.credentials, width: '110px', end: true, value: c => has.get(c.id) ?? 0, text: () => '', cell: c => has.get(c.id) ?? <span className="off">0</span> },
    { key: 'plugins', title: t.plugins, width: '90px', wide: true, end: true, value: c => count.get(c.id) ?? 0, text: () => '', cell: c => count.get(c.id) ?? <span className="off">0</span> },
  ], [t, has, count])
  return <EntityPage<Consumer> kind="consumers" texts={t} icon="consumer" columns={columns} main={main} open={c => go(`/consumers/${c.id}`)} />
}
