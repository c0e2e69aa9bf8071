import { useMemo, useRef } from 'react'
import type { LiveRow, LiveWorker, VirtualAddress } from '../../api/live'
import { link } from '../../app/router'
import { ago, bytes, latency, number, short, time, useTexts } from '../../i18n'
import { Badge, Panel, Tags } from '../../ui/bits'
import { en } from './en'
import { zh } from './zh'

const most = 8

const memory = 0.85

/** useCalm orders rows by what they do on average: by what one second tells they would change places each second. */
function useCalm(rows: LiveRow[]): LiveRow[] {
  const means = useRef(new Map<string, number>())
  return useMemo(() => {
    const next = new Map(rows.map(r => [r.id, r.requests_per_second]))
    for (const [id, mean] of means.current) {
      const m = memory * mean + (1 - memory) * (next.get(id) ?? 0)
      if (m > 0.01) next.set(id, m)
    }
    means.current = next
    return rows.filter(r => next.has(r.id)).sort((a, b) => next.get(b.id)! - next.get(a.id)!)
  }, [rows])
}

/** The routes or services that have most to do. */
export function Busiest({ title, column, rows, to }: { title: string; column: string; rows: LiveRow[]; to: string }) {
  const t = useTexts({ en, zh })
  const list = useCalm(rows).slice(0, most)
  return (
    <Panel title={title} flush>
      {!list.length ? <p className="dim body">{t.none}</p> : (
        <table className="plain">
          <thead><tr><th>{column}</th><th className="right">{t.reqs}</th><th className="right">p95</th><th className="right">{t.errs}</th></tr></thead>
          <tbody>
            {list.map(r => (
              <tr key={r.id}>
                <td><a className="cut" {...link(to + r.id)}>{r.name || r.id.slice(0, 8)}</a></td>
                <td className="right">{short(r.requests_per_second)}</td>
                <td className="right">{latency(r.p95_ms, r.requests_per_second)}</td>
                <td className={`right ${r.errors_per_second ? 'bad' : 'dim'}`}>{short(r.errors_per_second)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}

export function Workers({ list }: { list: LiveWorker[] }) {
  const t = useTexts({ en, zh })
  return (
    <Panel title={t.workers} flush>
      <table className="plain five">
        <thead><tr><th>{t.worker}</th><th className="right">{t.cpu}</th><th className="right">{t.memory}</th><th className="right">{t.conns}</th><th className="right">{t.reqs}</th></tr></thead>
        <tbody>
          {list.map(w => (
            <tr key={w.pid}>
              <td><span className="line"><span>{w.id}</span><span className="dim small">pid {w.pid}</span>{w.state && w.state !== 'serving' && <Badge tone="warn">{w.state}</Badge>}</span></td>
              <td className="right">{number(100 * w.cpu, 1)}%</td>
              <td className="right">{bytes(w.memory)}</td>
              <td className="right">{number(w.connections)}</td>
              <td className="right">{short(w.requests_per_second)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}

const tones = { MASTER: 'good', BACKUP: undefined, FAULT: 'bad', INIT: 'info', DRAINING: 'warn' } as const

export function Addresses({ list }: { list: VirtualAddress[] }) {
  const t = useTexts({ en, zh })
  return (
    <Panel title={t.addresses}>
      <ul className="stack">
        {list.map(v => (
          <li key={v.instance} className="line wrap">
            <Badge tone={tones[v.state]} dot>{t.states[v.state]}</Badge><b><a {...link('/nodes')}>{v.instance}</a></b><Tags list={v.addresses} mono wrap />
            <span className="dim push" title={time(v.since)}>{t.owner} {v.owner} · {t.since} {ago(v.since)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
