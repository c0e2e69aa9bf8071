import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { useEntities, type Kind } from '../api/entities'
import { useStore } from '../api/store'
import { language, setLanguage } from '../i18n'
import { useCommon } from '../i18n/common'
import { rows } from '../pages'
import { Icon, type IconName } from '../ui/Icon'
import { titleOf } from '../ui/title'
import { go } from './router'
import { theme, type Theme } from './theme'

type Choice = { key: string; group: string; text: string; hint?: string; icon: IconName; run: () => void }

const kinds: Kind[] = ['routes', 'services', 'upstreams', 'consumers']
const most = 8

/** Everything by its name: pages, entities, commands. */
export function Palette({ close }: { close: () => void }) {
  const t = useCommon()
  const lang = useStore(language)
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const me = useRef<HTMLDialogElement>(null)
  const id = useId()
  const lists = kinds.map(k => ({ kind: k, list: useEntities(k) }))

  useEffect(() => {
    const before = document.activeElement as HTMLElement | null
    me.current!.showModal()
    return () => before?.focus?.()
  }, [])

  const choices = useMemo(() => {
    const s = text.trim().toLowerCase()
    const has = (...list: string[]) => !s || list.some(x => x.toLowerCase().includes(s))
    const out: Choice[] = []
    for (const r of rows) if (has(r.title.en, r.title.zh)) out.push({ key: r.path, group: t.palette.pages, text: r.title[lang], icon: r.icon, run: () => go(r.path) })
    if (s) for (const { kind, list } of lists) {
      const row = rows.find(r => r.path === '/' + kind)
      if (!row) continue
      let n = 0
      for (const d of list.rows) {
        const name = titleOf(d)
        if (!name.toLowerCase().includes(s) && d.id !== s) continue
        out.push({ key: d.id, group: row.title[lang], text: name, icon: row.icon, run: () => go(`/${kind}?open=${encodeURIComponent(d.id)}`) })
        if (++n === most) break
      }
    }
    const looks: [Theme, string, IconName][] = [['light', t.light, 'sun'], ['dark', t.dark, 'moon'], ['auto', t.auto, 'settings']]
    for (const [v, name, icon] of looks) if (has(`${t.theme} ${name}`, 'theme ' + v)) out.push({ key: v, group: t.palette.commands, text: `${t.theme}: ${name}`, icon, run: () => theme.set(v) })
    const other = lang === 'zh' ? 'en' : 'zh'
    const name = other === 'en' ? 'English' : '中文'
    if (has(name, 'language', t.language)) out.push({ key: other, group: t.palette.commands, text: `${t.language}: ${name}`, icon: 'globe', run: () => setLanguage(other) })
    return out
  }, [text, lang, t, ...lists.map(l => l.list)])

  const take = (c: Choice | undefined) => {
    if (!c) return
    close()
    c.run()
  }
  const show = (i: number) => {
    setAt(i)
    document.getElementById(id + i)?.scrollIntoView({ block: 'nearest' })
  }
  const keys = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing) return
    if (e.key === 'ArrowDown') show((at + 1) % Math.max(1, choices.length))
    else if (e.key === 'ArrowUp') show((at - 1 + choices.length) % Math.max(1, choices.length))
    else if (e.key === 'Enter') take(choices[at])
    else return
    e.preventDefault()
  }
  return (
    <dialog ref={me} className="palette" aria-label={t.palette.title} onClose={close} onMouseDown={e => { if (e.target === me.current) close() }}>
      <input autoFocus role="combobox" aria-expanded="true" aria-controls={id} aria-autocomplete="list" aria-activedescendant={choices[at] ? id + at : undefined} aria-label={t.palette.hint}
        placeholder={t.palette.hint} value={text} spellCheck={false} onChange={e => { setText(e.target.value); setAt(0) }} onKeyDown={keys} />
      <ul id={id} role="listbox" aria-label={t.palette.title}>
        {choices.map((c, i) => (
          <li key={c.group + c.key} id={id + i} role="option" aria-selected={i === at} className="choice" onPointerMove={() => setAt(i)} onClick={() => take(c)}>
            <Icon name={c.icon} size={15} /><span className="cut">{c.text}</span><span className="dim">{c.group}</span>
          </li>
        ))}
      </ul>
      {!choices.length && <p className="nothing">{t.palette.nothing}</p>}
    </dialog>
  )
}
