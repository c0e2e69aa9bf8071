import { useMemo, useState } from 'react'
import { useEntities } from '../../api/entities'
import { useMay } from '../../api/session'
import type { Plugin, Route, Service } from '../../api/types'
import { link, useArgument } from '../../app/router'
import { ago, number, time, useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Bones, Empty, Failed, Page, Tags } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Editor } from '../../ui/Editor'
import { Menu } from '../../ui/Menu'
import { Removal } from '../../ui/Removal'
import { Table, type Column } from '../../ui/table/Table'
import { titleOf } from '../../ui/title'
import { en } from './en'
import { zh } from './zh'

const main = ['name', 'service', 'paths', 'hosts', 'methods']

export default function Routes() {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const list = useEntities<Route>('routes')
  const services = useEntities<Service>('services')
  const plugins = useEntities<Plugin>('plugins')
  const [open, setOpen] = useArgument('open')
  const [gone, setGone] = useState<Route>()
  const may = useMay('operator')

  const count = useMemo(() => {
    const n = new Map<string, number>()
    for (const p of plugins.rows) if (p.route) n.set(p.route.id, (n.get(p.route.id) ?? 0) + 1)
    return n
  }, [plugins.rows])

  const columns = useMemo((): Column<Route>[] => {
    const service = (r: Route) => titleOf(services.byId.get(r.service?.id ?? ''))
    return [
      { key: 'name', title: t.name, width: 'minmax(120px, 1.4fr)', value: r => r.name, text: r => `${r.name ?? ''} ${r.id}`, cell: r => r.name ? <b className="cut">{r.name}</b> : <span className="dim">{t.unnamed}</span> },
      { key: 'paths', title: t.match, width: 'minmax(120px, 2fr)', value: r => r.paths?.[0], text: r => r.paths?.join(' ') ?? '', cell: r => r.paths?.length ? <Tags list={r.paths} mono most={2} /> : <span className="dim">{t.any}</span> },
      { key: 'hosts', title: t.hosts, width: 'minmax(100px, 1.4fr)', wide: true, value: r => r.hosts?.[0], text: r => r.hosts?.join(' ') ?? '', cell: r => r.hosts?.length ? <Tags list={r.hosts} most={1} /> : <span className="dim">{t.any}</span> },
      { key: 'methods', title: t.methods, width: '130px', wide: true, value: r => r.methods?.join(), cell: r => r.methods?.length ? r.methods.join(', ') : <span className="dim">{t.any}</span> },
      { key: 'service', title: t.service, width: 'minmax(100px, 1.2fr)', wide: true, value: service, cell: r => r.service ? <a className="cut" {...link(`/services?open=${r.service.id}`)}>{service(r)}</a> : <span className="dim">–</span> },
      { key: 'plugins', title: t.plugins, width: '84px', wide: true, end: true, value: r => count.get(r.id) ?? 0, text: () => '', cell: r => count.get(r.id) ?? <span className="off">0</span> },
      { key: 'changed', title: t.changedAt, width: '120px', wide: true, value: r => r.updated_at, text: () => '', cell: r => <span className="dim cut" title={time(r.updated_at)}>{ago(r.updated_at)}</span> },
      ...(may ? [{
        key: 'acts', title: '', width: '44px', end: true,
        cell: (r: Route) => <Menu label={`${common.actions}: ${titleOf(r)}`} acts={[{ text: common.edit, icon: 'edit', run: () => setOpen(r.id) }, { text: common.remove, icon: 'trash', danger: true, run: () => setGone(r) }]} />,
      } satisfies Column<Route>] : []),
    ]
  }, [t, common, services, count, may, setOpen])

  const create = may && <Button look="main" icon="plus" onClick={() => setOpen('new')}>{t.create}</Button>
  return (
    <Page title={t.title} sub={list.state === 'ready' && number(list.rows.length)} acts={create} fill>
      {list.state === 'failed' ? <Failed error={list.error} /> : list.state === 'loading' ? <Bones lines={8} /> : (
        <Table label={t.title} rows={list.rows} columns={columns} id={r => r.id} open={r => setOpen(r.id)} sort={{ key: 'name', down: false }}
          empty={<Empty icon="route" title={t.emptyTitle} action={create}>{t.empty}</Empty>} />
      )}
      {open && <Editor key={open} kind="routes" id={open === 'new' ? undefined : open} main={main} title={open === 'new' ? t.create : t.edit(titleOf(list.byId.get(open)))}
        said={open === 'new' ? t.made : t.changed} close={() => setOpen('')} />}
      {gone && <Removal kind="routes" id={gone.id} name={t.what(titleOf(gone))} said={t.removed(titleOf(gone))} close={() => setGone(undefined)} />}
    </Page>
  )
}
