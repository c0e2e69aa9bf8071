import { useEffect, useMemo, useState } from 'react'
import { part } from '../../api/client'
import { useMay } from '../../api/session'
import { useGet } from '../../api/use'
import { ago, number, short, time, useTexts } from '../../i18n'
import { Badge, Bones, Empty, Failed, Note, Page, Panel, type Tone } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Confirm } from '../../ui/Removal'
import { Table, type Column } from '../../ui/table/Table'
import { en } from './en'
import { zh } from './zh'

type Virtual = { node: string; node_name: string; owner: string; instance: string; interface: string; addresses: string[]; state: keyof typeof en.vstates; reason: string; priority: number; effective_priority: number; drained: boolean; since: number }
type Node = { id: string; name: string; self: boolean; address: string; version: string; state: keyof typeof en.states; started_at: number; seen_at: number; revision: number; workers: number; requests_per_second: number; trouble?: string }

const tones: Record<Virtual['state'], Tone | undefined> = { MASTER: 'good', BACKUP: undefined, FAULT: 'bad', INIT: 'info', DRAINING: 'warn' }

/** All nodes of the store, and who has the virtual addresses. */
export default function Nodes() {
  const t = useTexts({ en, zh })
  const nodes = useGet<{ data: Node[]; trouble?: string }>('/nodes')
  const addresses = useGet<{ data: Virtual[] }>('/virtual-addresses')
  const [asked, ask] = useState<{ v: Virtual; drain: boolean }>()
  const may = useMay('operator')
  useEffect(() => {
    const timer = setInterval(() => { if (!document.hidden) { nodes.again(); addresses.again() } }, 2000)
    return () => clearInterval(timer)
  }, [nodes.again, addresses.again])

  const list = nodes.data?.data
  const newest = Math.max(0, ...list?.map(n => n.revision) ?? [])
  const columns = useMemo((): Column<Node>[] => [
    { key: 'name', title: t.node, width: 'minmax(120px, 1.2fr)', value: n => n.name, cell: n => <><b className="cut">{n.name}</b>{n.self && <Badge tone="info">{t.self}</Badge>}</> },
    { key: 'state', title: t.state, width: '112px', value: n => n.state, cell: n => <Badge dot tone={n.state === 'serving' ? 'good' : n.state === 'gone' ? 'bad' : 'warn'}>{t.states[n.state]}</Badge> },
    { key: 'revision', title: t.revision, width: '120px', end: true, value: n => n.revision, cell: n => <>{number(n.revision)}{n.revision < newest && n.state !== 'gone' && <Badge tone="warn">{t.behind}</Badge>}</> },
    { key: 'workers', title: t.workers, width: '84px', wide: true, end: true, value: n => n.workers, cell: n => number(n.workers) },
    { key: 'rate', title: t.rate, width: '80px', wide: true, end: true, value: n => n.requests_per_second, cell: n => short(n.requests_per_second) },
    { key: 'address', title: t.address, width: 'minmax(120px, 1fr)', wide: true, value: n => n.address, cell: n => <span className="mono cut">{n.address}</span> },
    { key: 'version', title: t.version, width: '84px', wide: true, value: n => n.version, cell: n => n.version },
    { key: 'seen', title: t.seen, width: '108px', wide: true, value: n => n.seen_at, text: () => '', cell: n => <span className="dim cut" title={`${t.started} ${time(n.started_at)}`}>{ago(n.seen_at)}</span> },
  ], [t, newest])
  const virtual = useMemo((): Column<Virtual>[] => [
    { key: 'instance', title: t.instance, width: 'minmax(90px, 1fr)', value: v => v.instance, cell: v => <b className="cut">{v.instance}</b> },
    { key: 'addresses', title: t.addresses, width: 'minmax(130px, 1.4fr)', value: v => v.addresses.join(' '), cell: v => <span className="mono cut" title={v.addresses.join('\n')}>{v.addresses.join(', ')}</span> },
    { key: 'node', title: t.node, width: 'minmax(80px, 1fr)', wide: true, value: v => v.node_name, cell: v => <span className="cut">{v.node_name} <span className="dim">{v.interface}</span></span> },
    { key: 'state', title: t.state, width: '116px', value: v => v.state, cell: v => <span title={v.reason}><Badge dot tone={tones[v.state]}>{v.drained && v.state === 'FAULT' ? t.drained : t.vstates[v.state]}</Badge></span> },
    { key: 'owner', title: t.owner, width: 'minmax(80px, 1fr)', wide: true, value: v => v.owner, cell: v => v.owner ? <span className="cut">{v.owner}</span> : <span className="off">–</span> },
    { key: 'priority', title: t.priority, width: '84px', wide: true, end: true, value: v => v.effective_priority, cell: v => v.effective_priority === v.priority ? v.priority : <span title={String(v.priority)}>{v.effective_priority}</span> },
    { key: 'since', title: t.since, width: '104px', wide: true, value: v => v.since, text: () => '', cell: v => <span className="dim cut" title={time(v.since)}>{ago(v.since)}</span> },
    ...(may ? [{
      key: 'acts', title: '', width: '128px', end: true,
      cell: (v: Virtual) => v.drained ? <Button small icon="play" onClick={() => ask({ v, drain: false })} aria-label={`${t.undrain}: ${v.instance}, ${v.node_name}`}>{t.undrain}</Button>
        : v.state === 'MASTER' ? <Button small icon="drain" onClick={() => ask({ v, drain: true })} aria-label={`${t.drain}: ${v.instance}, ${v.node_name}`}>{t.drain}</Button> : null,
    } satisfies Column<Virtual>] : []),
  ], [t, may])

  if (nodes.error && !list) return <Page title={t.title}><Failed error={nodes.error} again={nodes.again} /></Page>
  const rows = addresses.data?.data
  const others = asked && rows?.some(v => v.node !== asked.v.node && v.addresses.join() === asked.v.addresses.join() && v.state === 'BACKUP')
  return (
    <Page title={t.title} sub={t.sub}>
      {nodes.data?.trouble && <Note tone="warn">{nodes.data.trouble}</Note>}
      {list?.filter(n => n.trouble).map(n => <Note key={n.id} tone="warn"><b>{n.name}:</b> {n.trouble}</Note>)}
      {!list ? <Bones lines={4} /> : <Table short label={t.title} rows={list} columns={columns} id={n => n.id} filter={list.length > 12} sort={{ key: 'name', down: false }} />}
      {list?.length === 1 && <p className="dim small">{t.aloneText}</p>}
      <Panel title={t.addresses} flush>
        {!rows ? <div className="body"><Bones /></div> : !rows.length ? <Empty icon="nodes" title={t.none}>{t.noneText}</Empty>
          : <Table short label={t.addresses} rows={rows} columns={virtual} id={v => v.node + ' ' + v.instance} filter={false} sort={{ key: 'instance', down: false }} />}
      </Panel>
      {asked && (
        <Confirm title={asked.drain ? t.drainTitle(asked.v.instance, asked.v.node_name) : t.undrainTitle(asked.v.instance, asked.v.node_name)} action={asked.drain ? t.drain : t.undrain} danger={asked.drain}
          note={<><p>{asked.drain ? t.drainText : t.undrainText}</p>{asked.drain && !others && <Note tone="warn">{t.onlyOne}</Note>}</>}
          write={{ method: 'POST', path: `/virtual-addresses/${part(asked.v.instance)}/${asked.drain ? 'drain' : 'undrain'}`, query: { node: asked.v.node }, body: {} }}
          said={asked.drain ? t.drainedSaid(asked.v.instance) : t.undrainedSaid(asked.v.instance)} close={() => { ask(undefined); addresses.again() }} />
      )}
    </Page>
  )
}
