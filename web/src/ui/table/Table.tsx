import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore, type KeyboardEvent, type ReactNode } from 'react'
import { useStore } from '../../api/store'
import { density } from '../../app/theme'
import { number } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Button } from '../Button'
import { Icon } from '../Icon'
import { matching, sorted, type Sort, type Value } from './order'

export type Column<T> = {
  key: string
  title: string
  /** A track of the grid: '90px', 'minmax(120px, 2fr)'. */
  width: string
  cell: (row: T) => ReactNode
  /** What is sorted by; without it the column cannot be. */
  value?: (row: T) => Value
  /** What the filter looks at, if not value. */
  text?: (row: T) => string
  end?: boolean
  /** Left out where there is little room. */
  wide?: boolean
}

type Props<T> = {
  label: string
  rows: readonly T[]
  columns: Column<T>[]
  id: (row: T) => string
  open?: (row: T) => void
  sort?: Sort
  /** What stands beside the filter. */
  tools?: ReactNode
  filter?: boolean
  /** As high as its rows, inside of a page. */
  short?: boolean
  empty?: ReactNode
}

const beyond = 8 // rows above and below that are there already when one scrolls
const narrow = matchMedia('(max-width: 700px)')
const follow = (f: () => void) => {
  narrow.addEventListener('change', f)
  return () => narrow.removeEventListener('change', f)
}

/** useNarrow says whether there is as little room as on a telephone. */
export const useNarrow = () => useSyncExternalStore(follow, () => narrow.matches)

/** Rows that can be sorted, filtered and gone through by keyboard. Only those that are seen are in the page. */
export function Table<T extends object>({ label, rows, columns, id, open, sort: first, tools, filter = true, short, empty }: Props<T>) {
  const t = useCommon()
  const [sort, setSort] = useState<Sort | undefined>(first)
  const [words, setWords] = useState('')
  const [active, setActive] = useState<string>('')
  const box = useRef<HTMLDivElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const base = useId()
  const height = useStore(density) === 'compact' ? 34 : 42
  const small = useNarrow()
  const shown = useMemo(() => columns.filter(c => !c.wide || !small), [columns, small])
  const tracks = shown.map(c => c.width).join(' ')

  const texts = useRef({ columns, cache: new WeakMap<T, string>() })
  if (texts.current.columns !== columns) texts.current = { columns, cache: new WeakMap() }
  // Sorted first: each letter of a filter then only takes rows away.
  const ordered = useMemo(() => {
    const by = sort && columns.find(c => c.key === sort.key)
    return by?.value ? sorted(rows, by.value, sort!.down) : rows
  }, [rows, columns, sort])
  const list = useMemo(() => {
    const text = (row: T) => {
      let s = texts.current.cache.get(row)
      if (s === undefined) {
        s = columns.map(c => c.text?.(row) ?? c.value?.(row) ?? '').join('\n').toLowerCase()
        texts.current.cache.set(row, s)
      }
      return s
    }
    return matching(ordered, text, words)
  }, [ordered, columns, words])

  const [from, to] = useWindow(box, list.length, height)
  const at = active ? list.findIndex(r => id(r) === active) : -1
  const row = (i: number) => `${base}-${i}`

  const move = (i: number) => {
    if (!list.length) return
    const n = Math.max(0, Math.min(list.length - 1, i))
    setActive(id(list[n]))
    const b = box.current!
    const head = (b.firstElementChild as HTMLElement).offsetHeight // the heading stays in sight
    if (n * height < b.scrollTop) b.scrollTop = n * height
    else if ((n + 1) * height + head > b.scrollTop + b.clientHeight) b.scrollTop = (n + 1) * height + head - b.clientHeight
  }
  const keys = (e: KeyboardEvent) => {
    if (e.target !== box.current || e.ctrlKey || e.metaKey || e.altKey) return
    const page = Math.max(1, Math.floor(box.current.clientHeight / height) - 2)
    const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: Math.max(0, at - 1), PageDown: at + page, PageUp: at - page, Home: 0, End: list.length - 1 }
    if (e.key in to) move(to[e.key])
    else if (e.key === 'Enter' && at >= 0 && open) open(list[at])
    else if (e.key === '/' && filter) input.current?.focus()
    else return
    e.preventDefault()
  }
  const turn = (key: string) => setSort(s => s?.key !== key ? { key, down: false } : s.down ? undefined : { key, down: true })

  const seen = []
  for (let i = from; i < to; i++) {
    const r = list[i]
    const k = id(r)
    seen.push(
      <div key={k} id={row(i)} role="row" aria-rowindex={i + 2} aria-selected={open ? i === at : undefined} className={`row ${open ? 'opens' : ''} ${i === at ? 'active' : ''}`}
        style={{ top: i * height, gridTemplateColumns: tracks }}
        onClick={() => { setActive(k); if (!getSelection()?.toString()) open?.(r) }}>
        {shown.map(c => <div key={c.key} role="gridcell" className={`cell ${c.end ? 'end' : ''}`}>{wrap(c.cell(r))}</div>)}
      </div>,
    )
  }

  return (
    <div className="table-wrap">
      {(filter && rows.length > 0 || tools) && (
        <div className="table-bar">
          {filter && rows.length > 0 && (
            <label className="with-icon">
              <Icon name="search" size={14} />
              <input ref={input} className="input" type="search" value={words} placeholder={t.table.filter} aria-label={`${t.table.filter}: ${label}`} title={t.table.keys}
                onChange={e => { setWords(e.target.value); if (box.current) box.current.scrollTop = 0 }}
                onKeyDown={e => { if (e.key === 'ArrowDown' || e.key === 'Enter') { e.preventDefault(); box.current?.focus(); move(0) } }} />
            </label>
          )}
          {tools}
          {filter && <span className="count push" aria-live="polite">{words && t.table.rows(number(list.length), number(rows.length))}</span>}
        </div>
      )}
      <div ref={box} className={`table ${short ? 'short' : ''}`} {...list.length > 0 && { role: 'grid', 'aria-label': label, 'aria-rowcount': list.length + 1, 'aria-colcount': shown.length, tabIndex: 0 }}
        aria-activedescendant={at >= from && at < to ? row(at) : undefined} onKeyDown={keys} onFocus={e => { if (e.target === box.current && at < 0 && list.length) setActive(id(list[from])) }}>
        {list.length > 0 && (
          <div role="rowgroup" className="head">
            <div role="row" aria-rowindex={1} className="row" style={{ gridTemplateColumns: tracks }}>
              {shown.map(c => (
                <div key={c.key} role="columnheader" className={`cell ${c.end ? 'end' : ''}`} aria-sort={!c.value ? undefined : sort?.key !== c.key ? 'none' : sort.down ? 'descending' : 'ascending'}>
                  {c.value ? <button type="button" onClick={() => turn(c.key)}>{c.title}<Icon name="up" size={11} /></button> : <span className={c.title ? '' : 'aside'}>{c.title || t.actions}</span>}
                </div>
              ))}
            </div>
          </div>
        )}
        {list.length > 0 && <div role="rowgroup" className="lines" style={{ height: list.length * height }}>{seen}</div>}
        {list.length === 0 && (words
          ? <div className="empty"><p>{t.table.noMatch}</p><Button onClick={() => { setWords(''); input.current?.focus() }}>{t.table.clear}</Button></div>
          : empty)}
      </div>
    </div>
  )
}

// A text is cut where the column ends.
const wrap = (c: ReactNode) => typeof c === 'string' || typeof c === 'number' ? <span className="cut" title={String(c)}>{c}</span> : c

/** useWindow follows which rows are seen: [from, to). */
function useWindow(box: React.RefObject<HTMLDivElement | null>, n: number, height: number): [number, number] {
  const [view, setView] = useState({ top: 0, size: 900 })
  useLayoutEffect(() => {
    const b = box.current!
    const look = () => setView(v => v.top === b.scrollTop && v.size === b.clientHeight ? v : { top: b.scrollTop, size: b.clientHeight })
    look()
    const o = new ResizeObserver(look)
    o.observe(b)
    b.addEventListener('scroll', look, { passive: true })
    return () => {
      o.disconnect()
      b.removeEventListener('scroll', look)
    }
  }, [box])
  useEffect(() => { if (box.current && box.current.scrollTop !== view.top) setView({ top: box.current.scrollTop, size: box.current.clientHeight }) }, [box, n, view.top])
  const from = Math.max(0, Math.min(n, Math.floor(view.top / height) - beyond))
  return [from, Math.min(n, Math.ceil((view.top + view.size) / height) + beyond)]
}
