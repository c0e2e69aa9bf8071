import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useStream } from '../../api/stream'
import { useGet } from '../../api/use'
import { useArgument } from '../../app/router'
import { number, useTexts } from '../../i18n'
import { Bones, Empty, Failed, Note, Page, Segments } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { en } from './en'
import './logs.css'
import { zh } from './zh'

type Line = { n: number; time: number; text: string; level: string }

const kept = 2000
const levels = ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg']
const bad = new Set(['error', 'crit', 'alert', 'emerg'])

/** The end of a log, as it grows. */
export default function Logs() {
  const t = useTexts({ en, zh })
  const names = useGet<{ data: { name: string; path: string }[] }>('/logs/names')
  const [chosen, choose] = useArgument('log')
  const [lines, setLines] = useState<Line[]>([])
  const [still, setStill] = useState(false)
  const [from, setFrom] = useState<'any' | 'notice' | 'warn' | 'error'>('any')
  const [words, setWords] = useState('')
  const [open, setOpen] = useState(true)
  const [gap, setGap] = useState(false)
  const counted = useRef(0)
  const waiting = useRef<Line[]>([])
  const end = useRef<HTMLDivElement>(null)
  const follow = useRef(true)
  const list = names.data?.data
  const log = list?.find(l => l.name === chosen) ?? list?.find(l => l.name === 'error') ?? list?.[0]

  useEffect(() => { setLines([]); setGap(false); waiting.current = [] }, [log?.name])
  useStream(log && !still ? `/logs?name=${encodeURIComponent(log.name)}` : '', {
    line: (l: Omit<Line, 'n'>) => waiting.current.push({ ...l, n: counted.current++ }),
    gap: () => setGap(true),
  }, on => {
    setOpen(on)
    if (on) { waiting.current = []; setLines([]) } // the stream begins with the last lines again
  })
  // Lines come by the hundred: the page is drawn a few times a second.
  useEffect(() => {
    const timer = setInterval(() => {
      if (!waiting.current.length) return
      const more = waiting.current
      waiting.current = []
      setLines(old => [...old, ...more].slice(-kept))
    }, 200)
    return () => clearInterval(timer)
  }, [])
  const shown = useMemo(() => {
    const least = from === 'any' ? -1 : levels.indexOf(from)
    const w = words.toLowerCase()
    return lines.filter(l => (least < 0 || levels.indexOf(l.level) >= least) && (!w || l.text.toLowerCase().includes(w)))
  }, [lines, from, words])
  useLayoutEffect(() => { if (follow.current && end.current) end.current.scrollTop = end.current.scrollHeight }, [shown])

  if (names.error) return <Page title={t.title}><Failed error={names.error} again={names.again} /></Page>
  if (!list) return <Page title={t.title}><Bones lines={10} /></Page>
  if (!log) return <Page title={t.title}><Empty icon="logs" title={t.none}>{t.noneText}</Empty></Page>
  return (
    <Page title={t.title} sub={<span className="cut" title={log.path}>{t.sub}</span>} fill acts={<Button icon={still ? 'play' : 'pause'} onClick={() => setStill(!still)}>{still ? t.resume : t.pause}</Button>}>
      <div className="log-tools">
        <select className="input" value={log.name} onChange={e => choose(e.target.value)} aria-label={t.log}>{list.map(l => <option key={l.name} value={l.name}>{l.name}</option>)}</select>
        <input className="input" type="search" value={words} onChange={e => setWords(e.target.value)} placeholder={t.filter} aria-label={t.filter} />
        <Segments label={t.level} value={from} change={setFrom} options={[{ value: 'any', text: t.any }, { value: 'notice', text: 'notice' }, { value: 'warn', text: 'warn' }, { value: 'error', text: 'error' }]} />
        <span className="dim small">{t.lines(number(shown.length))}</span>
      </div>
      {!open && <Note tone="warn">{t.broken}</Note>}
      {gap && <Note>{t.gap}</Note>}
      <div className="tail" ref={end} tabIndex={0} role="log" aria-label={log.name} aria-live="off"
        onScroll={e => { const d = e.currentTarget; follow.current = d.scrollHeight - d.scrollTop - d.clientHeight < 40 }}>
        {!shown.length ? <p className="dim">{t.waiting}</p> : shown.map(l => <div key={l.n} className={bad.has(l.level) ? 'bad' : l.level === 'warn' ? 'warn' : ''}>{l.text}</div>)}
      </div>
    </Page>
  )
}
