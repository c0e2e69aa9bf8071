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

/** askedOf is the question about a request that has been. */
export function askedOf(r: Recent): Asked {
  return { method: r.method, url: `http://${r.host}${r.path}`, headers: r.headers ?? {}, client: r.client, ...(r.consumer ? { consumer: r.consumer } : {}) }
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
              <button type="button" onClick={() => choose(`${r.method} http://${r.host}${r.path}`, askedOf(r))}>
                <Badge tone={r.status >= 500 ? 'bad' : r.status >= 400 ? 'warn' : 'good'}>{r.status}</Badge><b>{r.method}</b><span className="mono cut">{r.host}{r.path}</span><span className="dim small">{ago(r.time)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
