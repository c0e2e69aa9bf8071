import { useEffect, useState } from 'react'
import { get } from '../../api/client'
import { ago, useTexts } from '../../i18n'
import { Badge, Panel } from '../../ui/bits'
import type { Asked } from './curl'
import { en } from './en'
import { zh } from './zh'

export type Recent = {
  time: number
  id: string
  method: string
  host: string
  path: string
  status: number
  latency_ms: number
  upstream_ms: number
  client: string
  route: string
  service: string
  consumer: string
  target: string
  release: string
  variant: string
  who: string
  headers: Record<string, string> | null
  bytes: number
}

/** hostOf is the host that a request was for, with its port if the header has it: that of an absolute target counts more than the header. */
export function hostOf(r: Pick<Recent, 'host' | 'headers'>): string {
  const header = Object.entries(r.headers ?? {}).find(([k]) => k.toLowerCase() === 'host')?.[1] ?? ''
  const name = header.replace(/:\d+$/, '').toLowerCase()
  return name === r.host.toLowerCase() || !r.host ? header : r.host
}

/** askedOf is the question about a request that has been. */
export function askedOf(r: Recent): Asked {
  return { method: r.method, url: `http://${hostOf(r)}${r.path}`, headers: r.headers ?? {}, client: r.client, ...(r.consumer ? { consumer: r.consumer } : {}) }
}

/** The latest requests; one that is chosen is explained. */
export function Recently({ choose }: { choose: (line: string, a: Asked) => void }) {
  const t = useTexts({ en, zh })
  const [list, setList] = useState<Recent[]>()
  useEffect(() => {
    const end = new AbortController()
    const look = () => void get<{ data: Recent[] }>('/requests', { limit: 20 }, end.signal).then(d => setList(d.data), () => setList(l => l ?? []))
    look()
    const timer = setInterval(look, 3000)
    return () => { clearInterval(timer); end.abort() }
  }, [])
  return (
    <Panel title={t.recent} flush>
      {!list?.length ? <p className="dim body">{t.noRecent}</p> : (
        <ul className="recent" aria-label={t.recentHint}>
          {list.map((r, i) => (
            <li key={r.id || i}>
              <button type="button" onClick={() => choose(`${r.method} http://${hostOf(r)}${r.path}`, askedOf(r))}>
                <Badge tone={r.status >= 500 ? 'bad' : r.status >= 400 ? 'warn' : 'good'}>{r.status}</Badge><b>{r.method}</b><span className="mono cut">{r.host}{r.path}</span><span className="dim small">{ago(r.time)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
