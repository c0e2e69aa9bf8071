import { useMemo } from 'react'
import { useEntities } from '../../api/entities'
import { countBy } from '../../api/count'
import type { Plugin, Route, Service } from '../../api/types'
import { link, useArgument } from '../../app/router'
import { useTexts } from '../../i18n'
import { Tags } from '../../ui/bits'
import { EntityPage } from '../../ui/EntityPage'
import type { Column } from '../../ui/table/Table'
import { titleOf } from '../../ui/title'
import { en } from './en'
import { zh } from './zh'

const main = ['name', 'service', 'paths', 'hosts', 'methods']

export default function Routes() {
  const t = useTexts({ en, zh })
  const services = useEntities<Service>('services')
  const plugins = useEntities<Plugin>('plugins')
  const [service] = useArgument('service')
  const count = useMemo(() => countBy(plugins.rows, p => p.route?.id), [plugins.rows])

  const columns = useMemo((): Column<Route>[] => {
    const service = (r: Route) => titleOf(services.byId.get(r.service?.id ?? ''))
    const any = <span className="dim">{t.any}</span>
    return [
      { key: 'name', title: t.name, width: 'minmax(120px, 1.4fr)', value: r => r.name, text: r => `${r.name ?? ''} ${r.tags?.join(' ') ?? ''}`, cell: r => r.name ? <b className="cut">{r.name}</b> : <span className="dim">{t.unnamed}</span> },
      { key: 'paths', title: t.match, width: 'minmax(120px, 2fr)', value: r => r.paths?.[0], text: r => r.paths?.join(' ') ?? '', cell: r => r.paths?.length ? <Tags list={r.paths} mono most={2} /> : any },
      { key: 'hosts', title: t.hosts, width: 'minmax(120px, 1.9fr)', wide: true, value: r => r.hosts?.[0], text: r => r.hosts?.join(' ') ?? '', cell: r => r.hosts?.length ? <Tags list={r.hosts} most={1} /> : any },
      { key: 'methods', title: t.methods, width: '104px', wide: true, value: r => r.methods?.join(), cell: r => r.methods?.length ? r.methods.join(', ') : any },
      { key: 'service', title: t.service, width: 'minmax(100px, 1.2fr)', wide: true, value: service, cell: r => r.service ? <a className="cut" {...link(`/services?open=${r.service.id}`)}>{service(r)}</a> : <span className="dim">–</span> },
      { key: 'plugins', title: t.plugins, width: '84px', wide: true, end: true, value: r => count.get(r.id) ?? 0, text: () => '', cell: r => count.get(r.id) ?? <span className="off">0</span> },
    ]
  }, [t, services, count])

  return <EntityPage<Route> kind="routes" texts={t} icon="route" columns={columns} main={main} initial={service ? { service: { id: service } } : undefined} />
}
