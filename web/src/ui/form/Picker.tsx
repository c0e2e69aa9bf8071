import { useId, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { useEntities, type Kind } from '../../api/entities'
import type { Document } from '../../api/types'
import { useCommon } from '../../i18n/common'
import { titleOf } from '../title'

const most = 30

type Props = { id?: string; kind: Kind; value?: string; change: (id: string | undefined) => void; label?: string; about?: string; invalid?: boolean; disabled?: boolean }

/** One of the entities of a kind, found by typing a part of its name. */
export function Picker({ id, kind, value, change, label, about, invalid, disabled }: Props) {
  const t = useCommon()
  const list = useEntities(kind)
  const chosen = value ? list.byId.get(value) : undefined
  const [text, setText] = useState<string>()
  const [at, setAt] = useState(0)
  const own = useId()
  const box = useRef<HTMLInputElement>(null)
  const found = useMemo(() => {
    const s = (text ?? '').toLowerCase()
    const out: Document[] = []
    for (const d of list.rows) {
      if (titleOf(d).toLowerCase().includes(s) || d.id === s) out.push(d)
      if (out.length === most) break
    }
    return out
  }, [list.rows, text])
  const open = text !== undefined
  const take = (d?: Document) => {
    change(d?.id)
    setText(undefined)
  }
  const keys = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing) return
    if (e.key === 'ArrowDown') { if (!open) setText(''); else setAt(Math.min(found.length - 1, at + 1)) }
    else if (e.key === 'ArrowUp') setAt(Math.max(0, at - 1))
    else if (e.key === 'Enter' && open) take(text === '' && !found[at] ? undefined : found[at])
    else if (e.key === 'Escape' && open) { setText(undefined); e.stopPropagation() }
    else return
    e.preventDefault()
  }
  return (
    <span className="picker">
      <input ref={box} id={id} className="input" role="combobox" aria-expanded={open} aria-controls={own} aria-autocomplete="list" aria-activedescendant={open && found[at] ? own + at : undefined}
        aria-label={label} aria-describedby={about} aria-invalid={invalid || undefined} autoComplete="off" spellCheck={false} disabled={disabled}
        value={text ?? (chosen ? titleOf(chosen) : value ?? '')} placeholder={t.form.pick}
        onChange={e => { setText(e.target.value); setAt(0); if (e.target.value === '') change(undefined) }}
        onClick={() => { if (!open) { setText(''); setAt(0) } }} onKeyDown={keys} onBlur={() => setText(undefined)} />
      <ul id={own} role="listbox" aria-label={label ?? t.form.pick} hidden={!open || !found.length}>
        {open && found.map((d, i) => (
          <li key={d.id} id={own + i} role="option" aria-selected={i === at} onPointerDown={e => { e.preventDefault(); take(d) }}>{titleOf(d)}</li>
        ))}
      </ul>
    </span>
  )
}
