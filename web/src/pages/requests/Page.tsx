import { useEffect, useMemo, useState } from 'react'
import { get, type ApiError } from '../../api/client'
import { go, link } from '../../app/router'
import { bytes, latency, milliseconds, time, useTexts } from '../../i18n'
import { Badge, Bones, Empty, Failed, Page, Segments } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Sheet } from '../../ui/Sheet'
import { Table, type Column } from '../../ui/table/Table'
import type { Recent } from '../explain/Recently'
import { explainOf } from './curl'
import { en } from './en'
import { zh } from './zh'

type Row = Recent & { route_id?: string; service_id?: string; consumer_id?: string }
type Only = 'all' | 'errors' | 'slow'

const kept = 500
const slow = 500 // milliseconds

const tone = (s: number) => s >= 500 ? 'bad' : s >= 400 ? 'warn' : s >= 300 ? 'info' : 'good'
const clock = (s: number) => new Date(s * 1000).toTimeString().slice(0, 8)

/** The latest requests, as they come. */
export default function Requests() {
  const t = useTexts({ en, zh })
  const [rows, setRows] = useState<Row[]>()
  const [failed, setFailed] = useState<ApiError>()
  const [still, setStill] = useState(false)
  const [only, setOnly] = useState<Only>('all')
  const [shown, show] = useState<Row>()
  useEffect(() => {
    if (still) return
    const end = new AbortController()
    const look = () => {
      if (document.hidden) return
      latest(only === 'errors', end.signal).then(now => {
        setFailed(undefined)
        setRows(old => joined(now, (old ?? []).filter(r => only !== 'errors' || failing(r))))
      }, e => { if (!end.signal.aborted) setFailed(e as ApiError) })
    }
    look()
    const timer = setInterval(look, 1500)
    return () => { clearInterval(timer); end.abort() }
  }, [still, only])

  const list = useMemo(() => (rows ?? []).filter(r => only === 'all' || (only === 'errors' ? failing(r) : r.latency_ms >= slow)), [rows, only])
  const columns = useMemo((): Column<Row>[] => [
    { key: 'time', title: t.time, width: '76px', value: r => r.time, text: () => '', cell: r => <span className="dim">{clock(r.time)}</span> },
    { key: 'status', title: t.status, width: '66px', value: r => r.status, cell: r => <Badge tone={tone(r.status)}>{r.status}</Badge> },
    { key: 'request', title: t.request, width: 'minmax(120px, 3fr)', value: r => `${r.method} ${r.host}${r.path}`, cell: r => <><b>{r.method}</b><span className="mono cut" title={r.host + r.path}>{r.host}{r.path}</span></> },
    { key: 'route', title: t.route, width: 'minmax(90px, 1fr)', wide: true, value: r => r.route, cell: r => r.route ? <span className="cut">{r.route}</span> : <span className="off">–</span> },
    { key: 'target', title: t.target, width: 'minmax(136px, 1.2fr)', wide: true, value: r => r.target, cell: r => r.target ? <span className="mono cut" title={r.target}>{r.target}</span> : <span className="off">–</span> },
    { key: 'took', title: t.took, width: '78px', end: true, value: r => r.latency_ms, text: () => '', cell: r => latency(r.latency_ms) },
    { key: 'client', title: t.client, width: 'minmax(100px, 1fr)', wide: true, value: r => `${r.client} ${r.consumer}`, cell: r => <span className="cut">{r.consumer || r.client}</span> },
    { key: 'who', title: t.who, width: '92px', wide: true, value: r => r.who, cell: r => r.who ? <Badge tone={r.who === 'client' ? 'warn' : 'bad'}>{t.whos[r.who as keyof typeof t.whos] ?? r.who}</Badge> : null },
  ], [t])

  if (failed && !rows) return <Page title={t.title}><Failed error={failed} again={() => setStill(false)} /></Page>
  return (
    <Page title={t.title} sub={t.sub} fill acts={<Button icon={still ? 'play' : 'pause'} onClick={() => setStill(!still)}>{still ? t.resume : t.pause}</Button>}>
      {!rows ? <Bones lines={8} /> : (
        <Table label={t.title} rows={list} columns={columns} id={r => r.id + r.time} open={show} sort={{ key: 'time', down: true }}
          tools={<Segments<Only> label={t.only} value={only} change={setOnly} options={[{ value: 'all', text: t.all }, { value: 'errors', text: t.errors }, { value: 'slow', text: t.slow }]} />}
          empty={<Empty icon="requests" title={t.emptyTitle}>{t.empty}</Empty>} />
      )}
      {shown && (
        <Sheet as="drawer" title={`${shown.method} ${shown.path}`} close={() => show(undefined)}
          foot={<Button look="main" icon="explain" onClick={() => go(explainOf(shown))}>{t.explain}</Button>}>
          <dl className="facts">
            <dt>{t.time}</dt><dd>{time(shown.time)}</dd>
            <dt>{t.status}</dt><dd><Badge tone={tone(shown.status)}>{shown.status}</Badge> {shown.who && `${t.who}: ${t.whos[shown.who as keyof typeof t.whos] ?? shown.who}`}</dd>
            <dt>{t.took}</dt><dd>{latency(shown.latency_ms)}{shown.upstream_ms > 0 && ` (${t.upstream}: ${milliseconds(shown.upstream_ms)})`}</dd>
            <dt>{t.route}</dt><dd>{shown.route_id ? <a {...link(`/routes?open=${shown.route_id}`)}>{shown.route}</a> : '–'}</dd>
            <dt>{t.upstream}</dt><dd>{shown.service_id ? <a {...link(`/services?open=${shown.service_id}`)}>{shown.service}</a> : '–'}</dd>
            <dt>{t.target}</dt><dd className="mono">{shown.target || '–'}</dd>
            {shown.release && <><dt>{t.release}</dt><dd>{shown.release}: {shown.variant}</dd></>}
            <dt>{t.client}</dt><dd className="mono">{shown.client}</dd>
            {shown.consumer && <><dt>{t.consumer}</dt><dd>{shown.consumer}</dd></>}
            <dt>{t.size}</dt><dd>{bytes(shown.bytes)}</dd>
            <dt>{t.id}</dt><dd className="mono">{shown.id}</dd>
            {Object.entries(shown.headers ?? {}).map(([k, v]) => <Header key={k} name={k} value={v} />)}
          </dl>
        </Sheet>
      )}
    </Page>
  )
}

function Header({ name, value }: { name: string; value: string }) {
  return <><dt className="mono">{name}</dt><dd className="mono">{value}</dd></>
}

const failing = (r: Row) => r.status >= 400

/** latest asks for the requests that have just ended. Those that failed are asked for by themselves: where there is much to do, few of them are among the latest. */
async function latest(errors: boolean, signal: AbortSignal): Promise<Row[]> {
  const pages = await Promise.all((errors ? ['4xx', '5xx'] : ['']).map(status => get<{ data: Row[] }>('/requests', { limit: 200, status }, signal)))
  return pages.flatMap(p => p.data).sort((a, b) => b.time - a.time)
}

/** joined has new ones in front of those that are known, each once. */
export function joined<T extends { id: string; time: number }>(now: T[], old: T[]): T[] {
  const known = new Set(now.map(r => r.id + r.time))
  return [...now, ...old.filter(r => !known.has(r.id + r.time))].slice(0, kept)
}
