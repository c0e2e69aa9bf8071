import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useEvents } from '../../api/events'
import { useGet } from '../../api/use'
import { go, link } from '../../app/router'
import { number, useTexts } from '../../i18n'
import { Bones, Empty, Failed, Page } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { en } from './en'
import { arranged, connected, graphOf, matching, type Box, type Graph, type Topology } from './graph'
import './topology.css'
import { zh } from './zh'

const most = 30 // boxes in a column: more nobody reads, a filter finds the others

const states = ['HEALTHY', 'UNHEALTHY', 'DNS_ERROR', 'HEALTHCHECKS_OFF'] as const

/** From hosts to targets, coloured by health. */
export default function TopologyPage() {
  const t = useTexts({ en, zh })
  const all = useGet<Topology>('/topology')
  const [words, setWords] = useState('')
  const [at, setAt] = useState('')
  useEvents({ revision: all.again, health: all.again, reset: all.again })
  const graph = useMemo(() => all.data && graphOf(all.data), [all.data])
  const found = useMemo(() => graph && matching(graph, words), [graph, words])
  const lit = useMemo(() => graph && at && graph.boxes.has(at) ? connected(graph, [at]) : undefined, [graph, at])

  if (all.error && !graph) return <Page title={t.title}><Failed error={all.error} again={all.again} /></Page>
  if (!graph) return <Page title={t.title}><Bones lines={8} /></Page>
  if (!graph.boxes.size) return <Page title={t.title} sub={t.sub}><Empty icon="topology" title={t.emptyTitle} action={<Button look="main" icon="plus" onClick={() => go('/services?open=new')}>{t.start}</Button>}>{t.empty}</Empty></Page>
  return (
    <Page title={t.title} sub={t.sub}>
      <div className="topo-tools">
        <input className="input" type="search" value={words} onChange={e => setWords(e.target.value)} placeholder={t.filter} aria-label={t.filter} />
        <ul className="topo-legend" aria-label={t.legend}>
          {states.map(s => <li key={s}><i className={`state ${s}`} />{t.states[s]}</li>)}
          <li><i className="state drained" />{t.draining}</li>
        </ul>
      </div>
      <Drawing graph={graph} found={found} lit={lit} point={setAt} />
    </Page>
  )
}

function Drawing({ graph, found, lit, point }: { graph: Graph; found?: Set<string>; lit?: Set<string>; point: (key: string) => void }) {
  const t = useTexts({ en, zh })
  const frame = useRef<HTMLDivElement>(null)
  const [lines, setLines] = useState<{ d: string; key: string; a: string; b: string }[]>([])
  const [size, setSize] = useState({ width: 0, height: 0 })
  const shown = useMemo(() => arranged(graph, key => !found || found.has(key)).filter(c => c.list.length)
    .map(c => ({ ...c, list: c.list.slice(0, most), left: Math.max(0, c.list.length - most) })), [graph, found])

  const draw = () => {
    const f = frame.current
    if (!f) return
    const o = f.getBoundingClientRect()
    const places = new Map<string, DOMRect>()
    for (const e of f.querySelectorAll<HTMLElement>('[data-key]')) places.set(e.dataset.key!, e.getBoundingClientRect())
    setSize({ width: f.scrollWidth, height: f.scrollHeight })
    setLines(graph.edges.flatMap(([a, b]) => {
      const p = places.get(a), q = places.get(b)
      if (!p || !q) return []
      const x1 = p.right - o.left + f.scrollLeft, y1 = p.top + p.height / 2 - o.top, x2 = q.left - o.left + f.scrollLeft, y2 = q.top + q.height / 2 - o.top, m = (x2 - x1) / 2
      return [{ key: a + ' ' + b, a, b, d: `M${x1} ${y1}C${x1 + m} ${y1} ${x2 - m} ${y2} ${x2} ${y2}` }]
    }))
  }
  useLayoutEffect(draw, [shown, graph])
  useEffect(() => {
    const o = new ResizeObserver(draw)
    o.observe(frame.current!)
    return () => o.disconnect()
  }, [shown])
  const faint = (key: string) => lit && !lit.has(key) ? 'faint' : ''
  return (
    <div className="topo" ref={frame} onMouseLeave={() => point('')}>
      <svg width={size.width} height={size.height} aria-hidden="true">
        {lines.map(l => <path key={l.key} d={l.d} className={lit ? lit.has(l.a) && lit.has(l.b) ? 'lit' : 'faint' : ''} />)}
      </svg>
      {shown.map(c => (
        <section key={c.column} aria-label={t[c.column]}>
          <h2>{t[c.column]}</h2>
          <ul>
            {c.list.map(b => <li key={b.key} className={faint(b.key)}><BoxView b={b} point={point} /></li>)}
          </ul>
          {c.left > 0 && <p className="dim small">{t.more(number(c.left))}</p>}
        </section>
      ))}
    </div>
  )
}

function BoxView({ b, point }: { b: Box; point: (key: string) => void }) {
  const t = useTexts({ en, zh })
  const inside = (
    <>
      {b.health && <i className={`state ${b.draining ? 'drained' : b.health}`} />}
      <span className="cut">{b.text === '*' ? t.any : b.text}{b.health && <span className="aside"> {b.draining ? t.draining : t.states[b.health]}</span>}</span>
      {b.sub && <span className="sub cut">{b.sub}</span>}
    </>
  )
  const props = { className: 'box', 'data-key': b.key, title: b.sub ? `${b.text}\n${b.sub}` : b.text, onMouseEnter: () => point(b.key), onFocus: () => point(b.key), onBlur: () => point('') }
  return b.href ? <a {...link(b.href)} {...props}>{inside}</a> : <div {...props}>{inside}</div>
}
