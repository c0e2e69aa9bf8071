import { useMemo, useState } from 'react'
import { useEntities, type List } from '../../api/entities'
import { useMay } from '../../api/session'
import type { Consumer, Plugin, Route, Service } from '../../api/types'
import { link } from '../../app/router'
import { useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Badge, Bones, Empty, Failed, Switch, Tags } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Menu } from '../../ui/Menu'
import { Confirm } from '../../ui/Removal'
import { Table, type Column } from '../../ui/table/Table'
import { titleOf } from '../../ui/title'
import { en } from './en'
import { zh } from './zh'

export function Used({ list, open, remove, add }: { list: List<Plugin>; open: (p: Plugin) => void; remove: (p: Plugin) => void; add: () => void }) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const routes = useEntities<Route>('routes')
  const services = useEntities<Service>('services')
  const consumers = useEntities<Consumer>('consumers')
  const [turn, setTurn] = useState<Plugin>()
  const may = useMay('operator')

  const columns = useMemo((): Column<Plugin>[] => {
    const scopes = (p: Plugin) => [
      ...p.route ? [{ kind: t.kinds.route, name: titleOf(routes.byId.get(p.route.id)) || p.route.id.slice(0, 8), to: `/routes?open=${p.route.id}` }] : [],
      ...p.service ? [{ kind: t.kinds.service, name: titleOf(services.byId.get(p.service.id)) || p.service.id.slice(0, 8), to: `/services?open=${p.service.id}` }] : [],
      ...p.consumer ? [{ kind: t.kinds.consumer, name: titleOf(consumers.byId.get(p.consumer.id)) || p.consumer.id.slice(0, 8), to: `/consumers/${p.consumer.id}` }] : [],
    ]
    const said = (p: Plugin) => scopes(p).map(s => `${s.kind} ${s.name}`).join(', ') || t.everywhere
    return [
      { key: 'name', title: t.name, width: 'minmax(120px, 1.2fr)', value: p => p.name, text: p => `${p.name} ${p.instance_name ?? ''}`, cell: p => <><b className="cut">{p.name}</b>{p.instance_name && <span className="dim cut">{p.instance_name}</span>}</> },
      {
        key: 'scope', title: t.scope, width: 'minmax(110px, 2fr)', value: said,
        cell: p => scopes(p).length ? <span className="chips">{scopes(p).map(s => <a key={s.to} className="cut" {...link(s.to)}><span className="dim">{s.kind}</span> {s.name}</a>)}</span> : <Badge tone="info">{t.everywhere}</Badge>,
      },
      { key: 'tags', title: t.tags, width: 'minmax(90px, 1fr)', wide: true, value: p => p.tags?.join(' '), cell: p => <Tags list={p.tags} most={2} /> },
      {
        key: 'state', title: t.state, width: '72px', value: p => p.enabled ? common.enabled : common.disabled,
        cell: p => may ? <span className="line" onClick={e => e.stopPropagation()}><Switch on={p.enabled} label={`${p.name}: ${common.enabled}`} change={() => setTurn(p)} /></span> : <Badge tone={p.enabled ? 'good' : undefined}>{p.enabled ? common.on : common.off}</Badge>,
      },
      ...(may ? [{
        key: 'acts', title: '', width: '44px', end: true,
        cell: (p: Plugin) => <Menu label={`${common.actions}: ${p.name}`} acts={[{ text: common.edit, icon: 'edit', run: () => open(p) }, { text: common.remove, icon: 'trash', danger: true, run: () => remove(p) }]} />,
      } satisfies Column<Plugin>] : []),
    ]
  }, [t, common, routes, services, consumers, may, open, remove])

  if (list.state === 'failed') return <Failed error={list.error} />
  if (list.state === 'loading') return <Bones lines={6} />
  return (
    <>
      <Table label={t.title} rows={list.rows} columns={columns} id={p => p.id} open={open} sort={{ key: 'name', down: false }}
        empty={<Empty icon="plugin" title={t.emptyTitle} action={may && <Button look="main" onClick={add}>{t.catalogue}</Button>}>{t.empty}</Empty>} />
      {turn && <Confirm title={turn.enabled ? t.turnOff(turn.name) : t.turnOn(turn.name)} action={turn.enabled ? t.off : t.on} said={t.turned(turn.name)} close={() => setTurn(undefined)}
        write={{ method: 'PATCH', path: `/plugins/${turn.id}`, body: { enabled: !turn.enabled } }} />}
    </>
  )
}
