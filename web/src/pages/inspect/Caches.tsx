import { useMemo, useState } from 'react'
import { useMay } from '../../api/session'
import { useGet } from '../../api/use'
import { link } from '../../app/router'
import { bytes, number, useTexts } from '../../i18n'
import { Bones, Empty, Failed } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Confirm } from '../../ui/Removal'
import { Table, type Column } from '../../ui/table/Table'
import { en } from './en'
import { zh } from './zh'

type Cache = { plugin: string; name: string; kind: 'memory' | 'disk'; entries: number; bytes: number; hits: number; misses: number }

export function Caches() {
  const t = useTexts({ en, zh })
  const list = useGet<{ data: Cache[] }>('/inspect/caches')
  const [purging, purge] = useState(false)
  const may = useMay('operator')
  const columns = useMemo((): Column<Cache>[] => [
    { key: 'name', title: t.name, width: 'minmax(110px, 1.5fr)', value: c => c.name, cell: c => <a className="cut" {...link(`/plugins?open=${c.plugin}`)}>{c.name || c.plugin.slice(0, 8)}</a> },
    { key: 'kind', title: t.kind, width: '76px', value: c => c.kind, cell: c => t.kinds[c.kind] },
    { key: 'entries', title: t.entries, width: '72px', end: true, value: c => c.entries, text: () => '', cell: c => number(c.entries) },
    { key: 'bytes', title: t.size, width: '84px', end: true, value: c => c.bytes, text: () => '', cell: c => bytes(c.bytes) },
    { key: 'hits', title: t.hits, width: '100px', wide: true, end: true, value: c => c.hits, text: () => '', cell: c => number(c.hits) },
    { key: 'rate', title: t.rate, width: '90px', wide: true, end: true, value: c => c.hits / (c.hits + c.misses || 1), text: () => '', cell: c => c.hits + c.misses ? `${number(100 * c.hits / (c.hits + c.misses), 1)}%` : <span className="off">–</span> },
  ], [t])
  if (list.error) return <Failed error={list.error} again={list.again} />
  if (!list.data) return <Bones lines={5} />
  return (
    <>
      {may && list.data.data.length > 0 && <div className="log-tools"><Button icon="trash" onClick={() => purge(true)}>{t.purge}</Button></div>}
      <Table label={t.caches} rows={list.data.data} columns={columns} id={c => c.plugin} filter={false} sort={{ key: 'name', down: false }} empty={<Empty icon="inspect" title={t.noCaches}>{t.noCachesText}</Empty>} />
      {purging && <Confirm title={t.purgeTitle('proxy-cache')} danger action={t.purge} note={<p>{t.purgeText}</p>} write={{ method: 'DELETE', path: '/proxy-cache' }} said={t.purged} close={() => { purge(false); list.again() }} />}
    </>
  )
}
