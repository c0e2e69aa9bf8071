import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode } from 'react'
import type { ApiError } from '../api/client'
import { useCommon } from '../i18n/common'
import { Button } from './Button'
import { Icon, type IconName } from './Icon'

export type Tone = 'good' | 'warn' | 'bad' | 'info'

/** A word of state. Its colour says nothing that the word does not. */
export function Badge({ tone, dot, children }: { tone?: Tone; dot?: boolean; children: ReactNode }) {
  return <span className={`badge ${tone ?? ''}`}>{dot && <i className="dot" />}{children}</span>
}

/** Short texts beside each other; wrap shows all of them. */
export function Tags({ list, mono, wrap, most = 3 }: { list?: readonly string[] | null; mono?: boolean; wrap?: boolean; most?: number }) {
  if (!list?.length) return <span className="dim">–</span>
  const shown = wrap ? list : list.slice(0, most)
  return (
    <span className={`chips ${wrap ? 'wrap' : ''}`} title={list.join('\n')}>
      {shown.map(s => <span key={s} className={`chip ${mono ? 'mono' : ''}`}><span className="cut">{s}</span></span>)}
      {shown.length < list.length && <span className="chip rest dim">+{list.length - shown.length}</span>}
    </span>
  )
}

export function Note({ tone = 'info', children }: { tone?: 'info' | 'warn' | 'bad'; children: ReactNode }) {
  return <div className={`note ${tone}`} role={tone === 'bad' ? 'alert' : undefined}><Icon name={tone === 'info' ? 'info' : 'warn'} /><div className="grow">{children}</div></div>
}

/** What is there instead of a list that has nothing in it: what it would show, and what to do next. */
export function Empty({ icon, title, children, action }: { icon: IconName; title: string; children?: ReactNode; action?: ReactNode }) {
  return <div className="empty"><Icon name={icon} size={28} /><h2>{title}</h2>{children && <p>{children}</p>}{action}</div>
}

/** Says why something is not there. */
export function Failed({ error, again }: { error?: ApiError | Error; again?: () => void }) {
  const t = useCommon()
  return (
    <div className="empty" role="alert">
      <Icon name="warn" size={28} />
      <h2>{t.failed.title}</h2>
      <p>{explain(error, t)}</p>
      {again && <Button icon="refresh" onClick={again}>{t.retry}</Button>}
    </div>
  )
}

/** explain is an error as people read it. */
export function explain(error: unknown, t: ReturnType<typeof useCommon>): string {
  const e = error as ApiError | undefined
  if (e?.status === 0) return t.failed.offline
  if (e?.status === 403 && e.message.startsWith('role ')) return t.failed.forbidden
  return e?.message ?? ''
}

/** Grey lines where text will stand. */
export function Bones({ lines = 3 }: { lines?: number }) {
  const t = useCommon()
  const widths = [92, 74, 83, 60, 88, 70]
  return (
    <div className="stack" aria-busy="true">
      <span className="aside" role="status">{t.loading}</span>
      {Array.from({ length: lines }, (_, i) => <span key={i} className="bone" style={{ width: widths[i % 6] + '%' }} />)}
    </div>
  )
}

export function Switch({ on, change, label, disabled }: { on: boolean; change: (on: boolean) => void; label: string; disabled?: boolean }) {
  return <input type="checkbox" role="switch" className="switch" checked={on} onChange={e => change(e.target.checked)} aria-label={label} disabled={disabled} />
}

/** One of a few, all to be seen. */
export function Segments<T extends string>({ value, options, change, label }: { value: T; options: { value: T; text: string }[]; change: (v: T) => void; label: string }) {
  const name = useId()
  return (
    <span className="segments" role="radiogroup" aria-label={label}>
      {options.map(o => (
        <label key={o.value}>
          <input type="radio" name={name} checked={value === o.value} onChange={() => change(o.value)} />{o.text}
        </label>
      ))}
    </span>
  )
}

/** Tabs over one panel, which the caller shows: give it role="tabpanel" and the id and label that panel() makes. */
export function Tabs<T extends string>({ value, tabs, change, label, id }: { value: T; tabs: { value: T; text: ReactNode }[]; change: (v: T) => void; label: string; id: string }) {
  const bar = useRef<HTMLDivElement>(null)
  const keys = (e: KeyboardEvent) => {
    const at = tabs.findIndex(x => x.value === value)
    const to = e.key === 'ArrowRight' ? at + 1 : e.key === 'ArrowLeft' ? at - 1 : e.key === 'Home' ? 0 : e.key === 'End' ? tabs.length - 1 : -9
    if (to === -9) return
    e.preventDefault()
    const n = (to + tabs.length) % tabs.length
    change(tabs[n].value)
    ;(bar.current?.children[n] as HTMLElement).focus()
  }
  return (
    <div className="tabs" role="tablist" aria-label={label} ref={bar} onKeyDown={keys}>
      {tabs.map(x => (
        <button key={x.value} type="button" role="tab" className="tab" id={`${id}-${x.value}`} aria-selected={x.value === value} aria-controls={x.value === value ? `${id}-panel` : undefined}
          tabIndex={x.value === value ? 0 : -1} onClick={() => change(x.value)}>{x.text}</button>
      ))}
    </div>
  )
}

export const panel = (id: string, value: string) => ({ role: 'tabpanel', id: `${id}-panel`, 'aria-labelledby': `${id}-${value}` })

/** A number between two bounds, to drag or to type. */
export function Slider({ value, change, min = 0, max = 100, step = 1, label, unit, disabled }: {
  value: number; change: (v: number) => void; min?: number; max?: number; step?: number; label: string; unit?: string; disabled?: boolean
}) {
  const set = (s: string) => { if (s !== '' && Number.isFinite(Number(s))) change(Math.min(max, Math.max(min, Number(s)))) }
  return (
    <span className="slider">
      <input type="range" min={min} max={max} step={step} value={value} onChange={e => set(e.target.value)} aria-label={label} disabled={disabled} />
      <input type="number" className="input" min={min} max={max} step={step} value={value} onChange={e => set(e.target.value)} aria-label={unit ? `${label} (${unit})` : label} disabled={disabled} />
      {unit && <span className="dim">{unit}</span>}
    </span>
  )
}

/** A text with a button that copies it. */
export function Copy({ text, label }: { text: string; label?: string }) {
  const t = useCommon()
  const done = useRef<HTMLSpanElement>(null)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    if (done.current) done.current.textContent = t.copied
  }
  return <><Button look="quiet" small icon="copy" aria-label={label ?? t.copy} onClick={() => void copy()} /><span className="aside" role="status" ref={done} /></>
}

export function Panel({ title, acts, children, flush }: { title: ReactNode; acts?: ReactNode; children: ReactNode; flush?: boolean }) {
  return (
    <section className="panel">
      <header><h2>{title}</h2>{acts && <span className="acts">{acts}</span>}</header>
      {flush ? children : <div className="body">{children}</div>}
    </section>
  )
}

/** The frame of a page: fill is for one whose table scrolls by itself. of is the page that one of its things is shown by. */
export function Page({ title, of, sub, acts, fill, children }: { title: string; of?: string; sub?: ReactNode; acts?: ReactNode; fill?: boolean; children: ReactNode }) {
  useEffect(() => { document.title = [title, of, 'Moongate'].filter(Boolean).join(' · ') }, [title, of])
  return (
    <div className={`page ${fill ? 'fill' : ''}`}>
      <div className="page-head"><h1>{title}</h1>{sub && <span className="sub">{sub}</span>}{acts && <span className="acts">{acts}</span>}</div>
      {children}
    </div>
  )
}
