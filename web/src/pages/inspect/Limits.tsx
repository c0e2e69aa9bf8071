import { useEffect, useMemo } from 'react'
import { useEntities } from '../../api/entities'
import type { Consumer } from '../../api/types'
import { useGet } from '../../api/use'
import { link } from '../../app/router'
import { number, seconds, useTexts } from '../../i18n'
import { Bones, Empty, Failed } from '../../ui/bits'
import { Table, type Column } from '../../ui/table/Table'
import { titleOf } from '../../ui/title'
import { Used } from './Dicts'
import { en } from './en'
import { zh } from './zh'

type Limit = { plugin: string; plugin_id: string; policy: string; identifier: string; limit: number; window: string; used: number; remaining: number; reset_in: number }

export function Limits() {
  const t = useTexts({ en, zh })
  const consumers = useEntities<Consumer>('consumers')
  const list = useGet<{ data: Limit[] }>('/inspect/limits')
  useEffect(() => {
    const timer = setInterval(() => { if (!document.hidden) list.again() }, 2000)
    return () => clearInterval(timer)
  }, [list.again])
  const columns = useMemo((): Column<Limit>[] => [
    { key: 'identifier', title: t.identifier, width: 'minmax(96px, 1.4fr)', value: l => `${titleOf(consumers.byId.get(l.identifier))} ${l.identifier}`.trim(), cell: l => consumers.byId.has(l.identifier) ? <a className="cut" {...link(`/consumers/${l.identifier}`)}>{titleOf(consumers.byId.get(l.identifier))}</a> : <span className="mono cut" title={l.identifier}>{l.identifier}</span> },
    { key: 'plugin', title: t.plugin, width: 'minmax(110px, 1fr)', wide: true, value: l => l.plugin, cell: l => <a className="cut" {...link(`/plugins?open=${l.plugin_id}`)}>{l.plugin}</a> },
    { key: 'window', title: t.window, width: '76px', value: l => l.window, cell: l => l.window },
    { key: 'used', title: t.used, width: 'minmax(150px, 1.5fr)', value: l => l.used / l.limit, text: () => '', cell: l => <><Used share={l.used / l.limit} /><span className="small">{number(l.used)} / {number(l.limit)}</span></> },
    { key: 'reset', title: t.reset, width: '96px', wide: true, end: true, value: l => l.reset_in, text: () => '', cell: l => seconds(l.reset_in) },
    { key: 'policy', title: t.policy, width: '84px', wide: true, value: l => l.policy, cell: l => <span className="dim">{l.policy}</span> },
  ], [t, consumers])
  if (list.error && !list.data) return <Failed error={list.error} again={list.again} />
  if (!list.data) return <Bones lines={5} />
  return <Table label={t.limits} rows={list.data.data} columns={columns} id={l => `${l.plugin_id} ${l.identifier} ${l.window}`} sort={{ key: 'used', down: true }} empty={<Empty icon="inspect" title={t.noLimits}>{t.noLimitsText}</Empty>} />
}
