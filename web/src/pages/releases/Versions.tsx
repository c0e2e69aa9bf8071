import { useMemo } from 'react'
import { span } from '../../api/live'
import { latency, milliseconds, number, short, useTexts } from '../../i18n'
import { Panel } from '../../ui/bits'
import { Chart, Legend, type Series } from '../../ui/Chart'
import { en } from './en'
import { errorShare, sum, type Moment } from './history'
import { useNames } from './names'
import type { Release } from './types'
import { zh } from './zh'

const percent = (n: number) => `${number(n, 1)}%`

/** How both versions do, side by side. */
export function Versions({ r, history }: { r: Release; history: Moment[] }) {
  const t = useTexts({ en, zh })
  const names = useNames()
  const times = useMemo(() => history.map(m => m.time), [history])
  const series = useMemo(() => {
    const of = (value: (v: NonNullable<Moment['baseline']>) => number | undefined): Series[] => [
      { name: t.baseline, tone: 2, points: history.map(m => m.baseline && value(m.baseline)) },
      { name: t.candidate, tone: 1, points: history.map(m => m.candidate && value(m.candidate)) },
    ]
    return {
      errors: of(v => v.requests_per_second ? 100 * v.errors_per_second / v.requests_per_second : undefined),
      latency: of(v => v.requests_per_second ? v.p95_ms : undefined),
    }
  }, [history, t])
  const both = [
    { key: 'baseline', title: t.baseline, what: names.text(r.baseline), s: sum(history, 'baseline') },
    { key: 'candidate', title: t.candidate, what: names.text(r.candidate), s: sum(history, 'candidate') },
  ] as const
  const worse = errorShare(both[1].s) > errorShare(both[0].s) + 1
  return (
    <>
      <div className="versions">
        {both.map(v => (
          <section key={v.key} className={`version ${v.key}`} aria-label={v.title}>
            <header><b>{v.title}</b> <span className="dim cut">{v.what}</span></header>
            <dl>
              <div><dt>{t.requests}</dt><dd>{short(v.s.requests)}<i>{t.perSecond}</i></dd></div>
              <div><dt>{t.errors}</dt><dd className={v.key === 'candidate' && worse ? 'bad' : ''}>{percent(errorShare(v.s))}</dd></div>
              <div><dt>{t.p50}</dt><dd>{latency(v.s.p50, v.s.requests)}</dd></div>
              <div><dt>{t.p95}</dt><dd>{latency(v.s.p95, v.s.requests)}</dd></div>
            </dl>
          </section>
        ))}
      </div>
      <div className="charts">
        <Panel title={t.errorShare} acts={<Legend series={series.errors} format={percent} />}><Chart label={t.errorShare} series={series.errors} times={times} room={Math.min(span, Math.max(60, times.length))} format={percent} /></Panel>
        <Panel title={t.p95Chart} acts={<Legend series={series.latency} format={latency} />}><Chart label={t.p95Chart} series={series.latency} times={times} room={Math.min(span, Math.max(60, times.length))} format={milliseconds} /></Panel>
      </div>
    </>
  )
}
