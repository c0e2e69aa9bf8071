import { useEffect, useState } from 'react'
import { span, useLive, type LiveVariant } from '../../api/live'

export type Moment = { time: number; baseline?: LiveVariant; candidate?: LiveVariant }

/** useVariants has what both versions of a release have done, second by second, since the page was opened. */
export function useVariants(id: string): Moment[] {
  const { now } = useLive()
  const [list, setList] = useState<Moment[]>([])
  useEffect(() => {
    if (!now) return
    const of = now.releases.find(r => r.id === id)
    const one = (name: string) => of?.variants.find(v => v.name === name)
    const m = { time: now.time, baseline: one('baseline'), candidate: one('candidate') }
    setList(l => l.at(-1)?.time === m.time ? l : [...l, m].slice(-span))
  }, [now, id])
  return list
}

export type Sum = { requests: number; errors: number; p50: number; p95: number }

/** sum is a version's last minute, or less: rates on average, the worst second's latencies. */
export function sum(list: Moment[], name: 'baseline' | 'candidate', seconds = 60): Sum {
  const last = list.slice(-seconds)
  const out = { requests: 0, errors: 0, p50: 0, p95: 0 }
  for (const m of last) {
    const v = m[name]
    if (!v) continue
    out.requests += v.requests_per_second / last.length
    out.errors += v.errors_per_second / last.length
    out.p50 = Math.max(out.p50, v.p50_ms)
    out.p95 = Math.max(out.p95, v.p95_ms)
  }
  return out
}

export const errorShare = (s: { requests: number; errors: number }) => s.requests ? 100 * s.errors / s.requests : 0
