import { useState, type KeyboardEvent } from 'react'
import { useCommon } from '../../i18n/common'
import { Icon } from '../Icon'

type Props = { id?: string; list: string[]; change: (list: string[]) => void; about?: string; invalid?: boolean; disabled?: boolean; label?: string; placeholder?: string }

/** A list of short texts. Enter, a comma or leaving the field adds what is written; a pasted text with line ends adds each line. */
export function TagInput({ id, list, change, about, invalid, disabled, label, placeholder }: Props) {
  const t = useCommon()
  const [text, setText] = useState('')
  const add = (s: string) => {
    const more = s.split(/[\n,]/).map(x => x.trim()).filter(x => x && !list.includes(x))
    if (more.length) change([...list, ...new Set(more)])
    setText('')
  }
  const keys = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing) return
    if ((e.key === 'Enter' && text.trim()) || e.key === ',') {
      e.preventDefault()
      add(text)
    } else if (e.key === 'Backspace' && text === '' && list.length) change(list.slice(0, -1))
  }
  return (
    <span className="tag-input" aria-invalid={invalid || undefined}>
      {list.map(s => (
        <span key={s} className="chip mono"><span className="cut">{s}</span>
          {!disabled && <button type="button" aria-label={`${t.remove}: ${s}`} onClick={() => change(list.filter(x => x !== s))}><Icon name="close" size={10} /></button>}
        </span>
      ))}
      <input id={id} value={text} placeholder={list.length || disabled ? '' : placeholder ?? t.form.tagHint} aria-label={label} aria-describedby={about} aria-invalid={invalid || undefined} spellCheck={false} autoComplete="off" disabled={disabled}
        onChange={e => setText(e.target.value)} onKeyDown={keys} onBlur={() => text && add(text)}
        onPaste={e => { const s = e.clipboardData.getData('text'); if (s.includes('\n')) { e.preventDefault(); add(s) } }} />
    </span>
  )
}
