import { useState } from 'react'
import { useCommon } from '../../i18n/common'
import type { Kind } from '../../api/entities'
import { Button } from '../Button'
import { Fields, type Errors } from './Fields'
import { Picker } from './Picker'
import { isList, plain, simple, type Doc, type Shape } from './schema'
import { TagInput } from './TagInput'

export type ControlProps = {
  id: string
  shape: Shape
  name: string
  label: string
  value: unknown
  change: (v: unknown) => void
  path: string
  errors: Errors
  about?: string
  invalid?: boolean
  disabled?: boolean
}

/** What a value of a shape is edited with. */
export function Control(p: ControlProps) {
  const { shape: s } = p
  if (s.type === 'foreign') return <Picker id={p.id} kind={s.reference as Kind} value={(p.value as { id?: string } | null)?.id} change={v => p.change(v ? { id: v } : null)} disabled={p.disabled} about={p.about} invalid={p.invalid} />
  if (s.type === 'boolean') return <Bool {...p} />
  if (s.one_of) return <Choice {...p} />
  if (isList(s) && s.elements?.one_of) return <Picks {...p} />
  if (isList(s) && simple(s.elements)) return <Tagged {...p} />
  if (isList(s)) return <Items {...p} />
  if (s.type === 'map') return <Entries {...p} />
  if (s.type === 'integer' || s.type === 'number') return <Numeric {...p} />
  return <Text {...p} />
}

const shared = (p: ControlProps) => ({ id: p.id, disabled: p.disabled, 'aria-describedby': p.about, 'aria-invalid': p.invalid || undefined })

function Bool(p: ControlProps) {
  const t = useCommon()
  if (p.shape.default === undefined && !p.shape.required) {
    return (
      <select className="select" {...shared(p)} value={p.value === undefined || p.value === null ? '' : String(p.value)} onChange={e => p.change(e.target.value === '' ? null : e.target.value === 'true')}>
        <option value="">{t.unset}</option><option value="true">{t.yes}</option><option value="false">{t.no}</option>
      </select>
    )
  }
  return <input type="checkbox" role="switch" className="switch" {...shared(p)} checked={(p.value ?? p.shape.default) === true} onChange={e => p.change(e.target.checked)} />
}

function Choice(p: ControlProps) {
  const t = useCommon()
  const s = p.shape
  const now = p.value ?? s.default
  return (
    <select className="select" {...shared(p)} value={now === undefined ? '' : String(now)} onChange={e => p.change(s.one_of!.find(o => String(o) === e.target.value) ?? null)}>
      {(now === undefined || !s.required) && <option value="">{now === undefined && s.required ? t.form.pick : t.unset}</option>}
      {s.one_of!.map(o => <option key={o} value={String(o)}>{o}</option>)}
    </select>
  )
}

function Numeric(p: ControlProps) {
  const set = (s: string) => p.change(s.trim() === '' ? undefined : /^-?\d*\.?\d+$/.test(s.trim()) ? Number(s) : s)
  return <input className="input" inputMode="decimal" {...shared(p)} value={p.value === undefined || p.value === null ? '' : String(p.value)} placeholder={plain(p.shape.default)} onChange={e => set(e.target.value)} />
}

function Text(p: ControlProps) {
  const t = useCommon()
  const [seen, setSeen] = useState(false)
  const value = p.value === undefined || p.value === null ? '' : String(p.value)
  const set = (s: string) => p.change(s === '' ? undefined : s)
  if (/PEM/.test(p.shape.description ?? '') || p.name === 'body' || value.includes('\n')) {
    return <textarea className="area mono" rows={5} spellCheck={false} {...shared(p)} value={value} placeholder={plain(p.shape.default)} onChange={e => set(e.target.value)} />
  }
  if (p.shape.encrypted) {
    return (
      <span className="line">
        <input className="input" type={seen ? 'text' : 'password'} autoComplete="new-password" spellCheck={false} {...shared(p)} value={value} onChange={e => set(e.target.value)} />
        <Button look="quiet" icon="eye" aria-pressed={seen} aria-label={`${seen ? t.hide : t.show}: ${p.label}`} onClick={() => setSeen(!seen)} />
      </span>
    )
  }
  return <input className="input" spellCheck={false} autoComplete="off" aria-label={p.path.endsWith(p.name) ? undefined : p.label} {...shared(p)} value={value} placeholder={plain(p.shape.default)} onChange={e => set(e.target.value)} />
}

function Picks(p: ControlProps) {
  const now = new Set((p.value ?? p.shape.default ?? []) as (string | number)[])
  const all = p.shape.elements!.one_of!
  return (
    <span className="picks" aria-describedby={p.about}>
      {all.map(o => (
        <label key={o} className="pick">
          <input type="checkbox" checked={now.has(o)} disabled={p.disabled} onChange={e => p.change(all.filter(x => x === o ? e.target.checked : now.has(x)))} />{o}
        </label>
      ))}
    </span>
  )
}

function Tagged(p: ControlProps) {
  const number = p.shape.elements!.type !== 'string'
  const list = (p.value ?? p.shape.default ?? []) as (string | number)[]
  const read = (s: string) => number && /^-?\d*\.?\d+$/.test(s) ? Number(s) : s
  return <TagInput id={p.id} list={list.map(String)} change={l => p.change(l.map(read))} about={p.about} invalid={p.invalid} disabled={p.disabled} />
}

const blank = (s: Shape): unknown => s.type === 'record' || s.type === 'map' ? {} : isList(s) ? [] : ''

function Items(p: ControlProps) {
  const t = useCommon()
  const s = p.shape.elements ?? { type: 'string' }
  const list = (p.value ?? p.shape.default ?? []) as unknown[]
  const set = (i: number, v: unknown) => p.change(list.map((e, n) => n === i ? v : e))
  return (
    <div className="items">
      {list.map((e, i) => (
        <div key={i} className="item">
          <div className={`grow ${s.type === 'record' ? 'record' : ''}`}>
            {s.type === 'record'
              ? <Fields schema={{ fields: s.fields ?? [], entity_checks: s.entity_checks }} value={e as Doc} change={v => set(i, v)} errors={p.errors} path={`${p.path}.${i}.`} disabled={p.disabled} />
              : <Control {...p} id={`${p.id}${i}`} shape={s} value={e} change={v => set(i, v)} path={`${p.path}.${i}`} />}
          </div>
          <Button look="quiet" icon="trash" aria-label={t.form.removeItem} disabled={p.disabled} onClick={() => p.change(list.filter((_, n) => n !== i))} />
        </div>
      ))}
      <Button small icon="plus" className="more-fields" disabled={p.disabled} onClick={() => p.change([...list, blank(s)])}>{t.form.addItem}</Button>
    </div>
  )
}

// A map is edited as a list, so that a name may be half written or twice there for a moment.
function Entries(p: ControlProps) {
  const t = useCommon()
  const s = p.shape.values ?? { type: 'string' }
  const [rows, setRows] = useState(() => Object.entries((p.value ?? p.shape.default ?? {}) as Doc))
  const set = (next: [string, unknown][]) => {
    setRows(next)
    p.change(Object.fromEntries(next.filter(([k]) => k !== '')))
  }
  return (
    <div className="items">
      {rows.map(([k, v], i) => (
        <div key={i} className="item map">
          <input className="input" value={k} placeholder={t.key} aria-label={`${p.label}: ${t.key}`} spellCheck={false} disabled={p.disabled} onChange={e => set(rows.map((r, n) => n === i ? [e.target.value, r[1]] : r))} />
          <Control {...p} id={`${p.id}${i}`} shape={s} label={`${p.label}: ${t.value}`} value={v} change={x => set(rows.map((r, n) => n === i ? [r[0], x] : r))} path={`${p.path}.${k}`} />
          <Button look="quiet" icon="trash" aria-label={t.form.removeItem} disabled={p.disabled} onClick={() => set(rows.filter((_, n) => n !== i))} />
        </div>
      ))}
      <Button small icon="plus" className="more-fields" disabled={p.disabled} onClick={() => set([...rows, ['', blank(s)]])}>{t.form.addItem}</Button>
    </div>
  )
}
