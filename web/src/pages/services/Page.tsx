import { useMemo } from 'react'
import { countBy } from '../../api/count'
import { useEntities } from '../../api/entities'
import { useMay } from '../../api/session'
import type { Plugin, Route, Service, Upstream } from '../../api/types'
import { go, link } from '../../app/router'
import { useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Badge } from '../../ui/bits'
import { EntityPage } from '../../ui/EntityPage'
import type { Column } from '../../ui/table/Table'
import { en } from './en'
import { zh } from './zh'

const main = ['name', 'protocol', 'host', 'port', 'path']

const url = (s: Service) => `${s.protocol}://${s.host}:${s.port}${s.path ?? ''}`

export default function Services() {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const routes = useEntities<Route>('routes')
  const plugins = useEntities<Plugin>('plugins')
  const upstreams = useEntities<Upstream>('upstreams')
  const may = useMay('operator')
  const leads = useMemo(() => countBy(routes.rows, r => r.service?.id), [routes.rows])
  const has = useMemo(() => countBy(plugins.rows, p => p.service?.id), [plugins.rows])
  const byName = useMemo(() => new Map(upstreams.rows.map(u => [u.name, u])), [upstreams.rows])

  const columns = useMemo((): Column<Service>[] => [
    { key: 'name', title: t.name, width: 'minmax(110px, 1.2fr)', value: s => s.name, text: s => `${s.name ?? ''} ${s.tags?.join(' ') ?? ''}`, cell: s => <b className="cut">{s.name ?? s.id.slice(0, 8)}</b> },
    {
      key: 'url', title: t.url, width: 'minmax(140px, 2.2fr)', value: url,
      cell: s => byName.has(s.host)
        ? <><span className="mono cut">{url(s)}</span><a {...link(`/upstreams/${byName.get(s.host)!.id}`)} title={t.upstream}><Badge tone="info">{s.host}</Badge></a></>
        : <span className="mono cut" title={url(s)}>{url(s)}</span>,
    },
    { key: 'routes', title: t.routes, width: '90px', wide: true, end: true, value: s => leads.get(s.id) ?? 0, text: () => '', cell: s => leads.get(s.id) ?? <span className="off">0</span> },
    { key: 'plugins', title: t.plugins, width: '90px', wide: true, end: true, value: s => has.get(s.id) ?? 0, text: () => '', cell: s => has.get(s.id) ?? <span className="off">0</span> },
    { key: 'state', title: t.state, width: '110px', wide: true, value: s => s.enabled ? common.enabled : common.disabled, cell: s => <Badge tone={s.enabled ? 'good' : undefined} dot>{s.enabled ? common.enabled : common.disabled}</Badge> },
  ], [t, common, leads, has, byName])

  const acts = useMemo(() => may ? (s: Service) => [
    { text: t.addRoute, icon: 'route' as const, run: () => go(`/routes?open=new&service=${s.id}`) },
    { text: t.addRelease, icon: 'release' as const, run: () => go(`/releases?open=new&service=${s.id}`) },
    { text: t.addPlugin, icon: 'plugin' as const, run: () => go(`/plugins?tab=catalogue&service=${s.id}`) },
  ] : undefined, [may, t])

  return <EntityPage<Service> kind="services" texts={t} icon="service" columns={columns} main={main} acts={acts} head={s => <p className="dim">{t.leads(leads.get(s.id) ?? 0)}</p>} />
}
