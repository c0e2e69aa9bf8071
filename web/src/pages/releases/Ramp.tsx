import { useEffect, useState } from 'react'
import { milliseconds, number, useTexts } from '../../i18n'
import { Badge } from '../../ui/bits'
import { en } from './en'
import { errorShare, sum, type Moment } from './history'
import { open, type Release } from './types'
import { zh } from './zh'

type Texts = { seconds: (n: string) => string; minutes: (n: string) => string; hours: (n: string) => string }

const duration = (s: number, t: Texts) => s < 90 ? t.seconds(number(Math.ceil(s))) : s < 5400 ? t.minutes(number(s / 60, 1)) : t.hours(number(s / 3600, 1))

/** The steps that raise the percentage by themselves. */
export function Ramp({ r }: { r: Release }) {
  const t = useTexts({ en, zh })
  const [now, setNow] = useState(Date.now() / 1000)
  const running = r.state === 'running' && !!r.ramp?.length
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => setNow(Date.now() / 1000), 1000)
    return () => clearInterval(timer)
  }, [running])
  if (!r.ramp?.length) return <p className="dim">{t.noRamp}</p>
  const on = open(r) ? r.step : r.state === 'promoted' ? r.ramp.length : -1
  return (
    <ol className="ramp">
      {r.ramp.map((s, i) => {
        const last = i === r.ramp!.length - 1
        const left = Math.max(0, r.step_at + s.duration - now)
        return (
          <li key={i} aria-current={i === on ? 'step' : undefined} className={i < on ? 'done' : ''}>
            <span className="rung" style={{ height: `${8 + s.percentage * 0.6}px` }} aria-hidden="true" />
            <b>{number(s.percentage, 1)}%</b>
            <span className="dim small">{i === on ? (last ? t.untilPromoted : running ? t.left(duration(left, t)) : t.states.paused) : i < on ? t.done : last ? t.untilPromoted : t.forTime(duration(s.duration, t))}</span>
          </li>
        )
      })}
    </ol>
  )
}

/** What takes the candidate back, and how near it is to that. */
export function Guarded({ r, history }: { r: Release; history: Moment[] }) {
  const t = useTexts({ en, zh })
  const g = r.guard
  if (!g) return <p className="dim">{t.noGuard}</p>
  const base = sum(history, 'baseline', g.window), cand = sum(history, 'candidate', g.window)
  const percent = (n: number) => `${number(n, 1)}%`
  const rows = [
    { key: 'max_error_rate', limit: g.max_error_rate, is: errorShare(cand), show: percent },
    { key: 'max_p95', limit: g.max_p95, is: cand.p95, show: milliseconds },
    { key: 'error_rate_margin', limit: g.error_rate_margin, is: Math.max(0, errorShare(cand) - errorShare(base)), show: percent },
    { key: 'p95_margin', limit: g.p95_margin, is: Math.max(0, cand.p95 - base.p95), show: milliseconds },
  ] as const
  return (
    <div className="stack">
      {rows.filter(x => x.limit != null).map(x => (
        <div key={x.key} className="limit">
          <span className="line spread"><b className="small">{t.limits[x.key]}</b><Badge tone={x.is > x.limit! ? 'bad' : 'good'}>{x.is > x.limit! ? t.beyond : t.within}</Badge></span>
          <span className={`share-bar ${x.is > x.limit! ? 'bad' : ''}`} aria-hidden="true"><i style={{ width: `${Math.min(100, x.limit ? 100 * x.is / x.limit : x.is ? 100 : 0)}%` }} /></span>
          <span className="line spread small dim"><span>{x.show(x.is)}</span><span>{t.limit} {x.show(x.limit!)}</span></span>
        </div>
      ))}
      <p className="dim small">{t.least(number(g.min_requests), duration(g.window, t))}</p>
    </div>
  )
}
