import { useMemo } from 'react'
import { span, useLive, type Live } from '../../api/live'
import { useGet } from '../../api/use'
import { useSession } from '../../api/session'
import { link } from '../../app/router'
import { bytes, latency, milliseconds, number, short, useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { rows } from '../../pages'
import { Badge, Bones, Failed, Note, Page, Panel } from '../../ui/bits'
import { Chart, Legend, type Series } from '../../ui/Chart'
import { Icon } from '../../ui/Icon'
import { en } from './en'
import './overview.css'
import { Addresses, Busiest, Workers } from './Parts'
import { zh } from './zh'

/** What the traffic does this second. */
export default function Overview() {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const { now, history, open, error } = useLive()
  const times = useMemo(() => history.map(h => h.time), [history])
  const series = useMemo(() => ({
    rate: [{ name: t.rate, points: history.map(h => h.requests_per_second) }] as Series[],
    latency: [
      { name: 'p50', points: history.map(h => h.requests_per_second ? h.latency_ms.p50 : null), tone: 1 },
      { name: 'p95', points: history.map(h => h.requests_per_second ? h.latency_ms.p95 : null), tone: 3 },
      { name: 'p99', points: history.map(h => h.requests_per_second ? h.latency_ms.p99 : null), tone: 4 },
    ] as Series[],
    errors: [
      { name: t.client, points: history.map(h => h.errors.client), tone: 2 },
      { name: t.gateway, points: history.map(h => h.errors.gateway), tone: 3 },
      { name: t.upstream, points: history.map(h => h.errors.upstream), tone: 'bad' },
    ] as Series[],
    connections: [
      { name: t.active, points: history.map(h => h.connections.active), tone: 1 },
      { name: t.waiting, points: history.map(h => h.connections.waiting), tone: 2 },
    ] as Series[],
  }), [history, t])
  const state = <Badge tone={open ? 'good' : 'warn'} dot>{open ? common.live.on : common.live.off}</Badge>
  if (!now && error) return <Page title={t.title}><Failed error={error} /></Page>
  return (
    <Page title={t.title} sub={<span className="line">{state}{now && <span className="small">{t.node(now.node)} · {t.revision(number(now.revision))}</span>}</span>}>
      <First />
      <Start />
      {!now ? <Bones lines={8} /> : (
        <>
          <Figures now={now} />
          <div className="charts">
            <Panel title={t.requestsChart} acts={<Legend series={series.rate} />}><Chart label={t.requestsChart} series={series.rate} times={times} room={span} /></Panel>
            <Panel title={t.latencyChart} acts={<Legend series={series.latency} format={latency} />}><Chart label={t.latencyChart} series={series.latency} times={times} room={span} format={milliseconds} /></Panel>
            <Panel title={t.errorsBy} acts={<Legend series={series.errors} />}><Chart label={t.errorsBy} series={series.errors} times={times} room={span} /></Panel>
            <Panel title={t.connections} acts={<Legend series={series.connections} />}><Chart label={t.connections} series={series.connections} times={times} room={span} /></Panel>
          </div>
          <div className="charts">
            <Busiest title={t.busiest} column={t.route} rows={now.routes} to="/routes?open=" />
            <Busiest title={t.services} column={t.service} rows={now.services} to="/services?open=" />
            <Workers list={now.workers} />
            {now.virtual_addresses?.length > 0 && <Addresses list={now.virtual_addresses} />}
          </div>
        </>
      )}
    </Page>
  )
}

function Figures({ now }: { now: Live }) {
  const t = useTexts({ en, zh })
  const errors = now.errors.client + now.errors.gateway + now.errors.upstream
  const size = (n: number) => bytes(n) + t.perSecond
  const took = (ms: number) => latency(ms, now.requests_per_second)
  const share = now.requests_per_second ? 100 * errors / now.requests_per_second : 0
  return (
    <ul className="figures">
      <li><span className="dim">{t.rate}</span><b>{short(now.requests_per_second)}<i>{t.perSecond}</i></b><span className="dim small">{t.in} {size(now.bytes_in_per_second)} · {t.out} {size(now.bytes_out_per_second)}</span></li>
      <li><span className="dim">{t.latency}</span><b>{took(now.latency_ms.p95)}<i>p95</i></b><span className="dim small">p50 {took(now.latency_ms.p50)} · p99 {took(now.latency_ms.p99)}</span></li>
      <li><span className="dim">{t.errors}</span><b className={now.errors.gateway + now.errors.upstream > 0 ? 'bad' : ''}>{short(errors)}<i>{t.perSecond} · {number(share, 1)}%</i></b><span className="dim small">{t.gateway} {short(now.errors.gateway)} · {t.upstream} {short(now.errors.upstream)}</span></li>
      <li><span className="dim">{t.statuses}</span><b>{short(now.status['2xx'] + now.status['3xx'])}<i>2xx 3xx</i></b><span className="dim small">4xx {short(now.status['4xx'])} · 5xx {short(now.status['5xx'])}</span></li>
      <li><span className="dim">{t.connections}</span><b>{number(now.connections.active)}</b><span className="dim small">{t.accepted(short(now.connections.accepted_per_second))} · {t.waiting} {number(now.connections.waiting)}</span></li>
    </ul>
  )
}

/** Somebody who came by a token should not need it again. */
function First() {
  const t = useTexts({ en, zh })
  const s = useSession()
  return s.first_start && rows.some(r => r.path === '/users') ? <Note>{t.firstUser} <a {...link('/users')}>{t.makeUser}</a></Note> : null
}

/** What to do first, as long as it has not been done. */
function Start() {
  const t = useTexts({ en, zh })
  // Whether there is one; there may be thousands.
  const services = useGet<{ data: unknown[] }>('/services?size=1').data?.data
  const routes = useGet<{ data: unknown[] }>('/routes?size=1').data?.data
  const plugins = useGet<{ data: unknown[] }>('/plugins?size=1').data?.data
  if (!services || !routes || services.length && routes.length) return null
  const steps = [
    { key: 'service', icon: 'service', done: services.length > 0, to: '/services?open=new' },
    { key: 'route', icon: 'route', done: routes.length > 0, to: '/routes?open=new' },
    { key: 'plugin', icon: 'plugin', done: !!plugins?.length, to: '/plugins?tab=catalogue' },
  ] as const
  return (
    <Panel title={t.startTitle}>
      <p className="dim">{t.startText}</p>
      <ol className="steps">
        {steps.map(s => (
          <li key={s.key}>
            <a className="step" {...link(s.to)}><Icon name={s.done ? 'check' : s.icon} size={18} /><span><b>{t.steps[s.key][0]}</b>{s.done && <span className="aside">{t.doneStep}</span>}<span className="dim small">{t.steps[s.key][1]}</span></span></a>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
