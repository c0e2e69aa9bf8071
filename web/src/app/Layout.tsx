import { useEffect, useState, type ReactNode } from 'react'
import { away } from '../api/client'
import { logout, useMay, useSession } from '../api/session'
import { useStore } from '../api/store'
import { language } from '../i18n'
import { useCommon } from '../i18n/common'
import { pages, type PageRow } from '../pages'
import { explain } from '../ui/bits'
import { Button } from '../ui/Button'
import { Icon, Mark } from '../ui/Icon'
import { toast } from '../ui/Toasts'
import { Palette } from './Palette'
import { link, usePlace } from './router'

/** The rail of pages at the left; where there is little room it comes when it is called. */
export function Layout({ children }: { children: ReactNode }) {
  const t = useCommon()
  const place = usePlace()
  const [open, setOpen] = useState(false)
  const [finding, setFinding] = useState(false)
  useEffect(() => setOpen(false), [place])
  useEffect(() => {
    const keys = (e: KeyboardEvent) => {
      if (e.key.toLowerCase() === 'k' && (e.ctrlKey || e.metaKey)) {
        e.preventDefault()
        setFinding(true)
      } else if (e.key === 'Escape') setOpen(false)
    }
    addEventListener('keydown', keys)
    return () => removeEventListener('keydown', keys)
  }, [])
  const find = () => { setOpen(false); setFinding(true) }
  return (
    <div className="app">
      <a className="skip" href="#content" onClick={e => { e.preventDefault(); document.getElementById('content')?.focus() }}>{t.skip}</a>
      <div className="topbar">
        <Button look="quiet" icon="menu" aria-label={t.menu} aria-expanded={open} onClick={() => setOpen(true)} />
        <a className="brand" {...link('/')}><Mark /> Moongate</a>
        <Button look="quiet" icon="search" aria-label={t.palette.open} onClick={find} />
      </div>
      {open && <button type="button" className="veil" aria-label={t.close} onClick={() => setOpen(false)} />}
      <aside className={`rail ${open ? 'open' : ''}`}>
        <a className="brand" {...link('/')}><Mark /> Moongate</a>
        <button type="button" className="finder" onClick={find}><Icon name="search" size={13} /><span>{t.palette.open}</span><kbd>Ctrl K</kbd></button>
        <nav aria-label={t.palette.pages}>
          {pages.map(g => <Group key={g.group} name={t.groups[g.group]} rows={g.rows} path={place.path} />)}
        </nav>
        <Who />
      </aside>
      <main className="content" id="content" tabIndex={0} aria-label={t.content}><Away />{children}</main>
      {finding && <Palette close={() => setFinding(false)} />}
    </div>
  )
}

/** Says that what is shown may be old. */
function Away() {
  const t = useCommon()
  return <div role="status">{useStore(away) && <p className="away"><Icon name="warn" size={14} />{t.failed.away}</p>}</div>
}

function Group({ name, rows, path }: { name: string; rows: PageRow[]; path: string }) {
  const lang = useStore(language)
  const admin = useMay('admin'), operator = useMay('operator')
  const seen = rows.filter(r => r.role === 'admin' ? admin : r.role === 'operator' ? operator : true)
  if (!seen.length) return null
  const first = '/' + path.split('/')[1]
  return (
    <>
      <div className="group">{name}</div>
      <ul aria-label={name}>
        {seen.map(r => <li key={r.path}><a className="page-link" {...link(r.path)} aria-current={first === r.path ? 'page' : undefined}><Icon name={r.icon} />{r.title[lang]}</a></li>)}
      </ul>
    </>
  )
}

function Who() {
  const t = useCommon()
  const s = useSession()
  return (
    <footer>
      <div className="who small" title={t.signedInAs(s.name, t.roles[s.role])}><b className="cut">{s.name}</b><span className="dim">{t.roles[s.role]}</span></div>
      {s.name !== 'anonymous' && <Button look="quiet" icon="leave" aria-label={t.signOut} onClick={() => { logout().catch(e => toast(explain(e, t), 'bad')) }} />}
    </footer>
  )
}
