import { useEffect } from 'react'
import { ApiError, get } from './client'
import { session } from './session'
import { Store, useStore } from './store'
import { openStream } from './stream'

export type Health = 'HEALTHY' | 'UNHEALTHY' | 'DNS_ERROR' | 'HEALTHCHECKS_OFF'

export type Summary = {
  time: number
  requests_per_second: number
  bytes_in_per_second: number
  bytes_out_per_second: number
  latency_ms: { p50: number; p95: number; p99: number }
  errors: { client: number; gateway: number; upstream: number }
  status: Record<'1xx' | '2xx' | '3xx' | '4xx' | '5xx', number>
  connections: { active: number; reading: number; writing: number; waiting: number; accepted_per_second: number }
}

export type LiveWorker = { id: number; pid: number; cpu: number; memory: number; requests_per_second: number; connections: number; state: string }
export type LiveRow = { id: string; name: string; requests_per_second: number; p95_ms: number; errors_per_second: number }
export type LiveVariant = { name: string; requests_per_second: number; p50_ms: number; p95_ms: number; errors_per_second: number; share: number }
export type LiveTarget = { upstream: string; target: string; health: Health; weight: number; draining: boolean; connections: number; requests_per_second: number; p95_ms: number; errors_per_second: number }
export type VirtualAddress = { instance: string; addresses: string[]; state: 'MASTER' | 'BACKUP' | 'FAULT' | 'INIT' | 'DRAINING'; priority: number; effective_priority: number; owner: string; interface: string; since: number }

export type Live = Summary & {
  node: string
  workers: LiveWorker[]
  routes: LiveRow[]
  services: LiveRow[]
  releases: { id: string; variants: LiveVariant[] }[]
  targets: LiveTarget[]
  virtual_addresses: VirtualAddress[]
  revision: number
}

/** How many seconds a chart shows. */
export const span = 300

export type LiveState = { now?: Live; history: Summary[]; open: boolean; error?: ApiError }

const nothing: LiveState = { history: [], open: true }
const live = new Store<LiveState>(nothing)
let users = 0
let stop: (() => void) | undefined

// One stream for the whole page, however many parts of it look; it ends a little after the last
// has gone, so that going from page to page does not begin anew.
function begin() {
  if (stop) return
  const end = new AbortController()
  const close = openStream('/live', { tick: add }, open => live.set({ ...live.get(), open }))
  get<{ data: Summary[] }>('/live/history', undefined, end.signal).then(h => {
    const s = live.get()
    live.set({ ...s, history: joined(h.data, s.history) })
  }, error => { if (!end.signal.aborted) live.set({ ...live.get(), error }) })
  stop = () => {
    end.abort()
    close()
    stop = undefined
    live.set(nothing)
  }
}

function add(tick: Live) {
  const s = live.get()
  live.set({ now: tick, history: joined(s.history, [tick]), open: true })
}

/** joined puts ticks behind each other by their time, and keeps the last of them. */
export function joined(before: Summary[], after: Summary[]): Summary[] {
  const from = after[0]?.time ?? Infinity
  return [...before.filter(t => t.time < from), ...after].slice(-span)
}

session.follow(() => { if (session.get() === null) stop?.() })

/** useLive has what the traffic does this second, and has done in the last minutes. */
export function useLive(): LiveState {
  useEffect(() => {
    users++
    begin()
    return () => {
      users--
      setTimeout(() => { if (users === 0) stop?.() }, 2000)
    }
  }, [])
  return useStore(live)
}
