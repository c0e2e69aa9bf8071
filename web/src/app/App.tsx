import { Component, lazy, Suspense, useEffect, type ComponentType, type ReactNode } from 'react'
import { resume, session } from '../api/session'
import { useStore } from '../api/store'
import { language } from '../i18n'
import { useCommon } from '../i18n/common'
import { rows, type PageProps } from '../pages'
import { Login } from '../pages/login/Login'
import { Bones, Empty, Failed } from '../ui/bits'
import { Button } from '../ui/Button'
import { Toasts } from '../ui/Toasts'
import { Layout } from './Layout'
import { go, usePlace } from './router'

const loaded = new Map<string, ComponentType<PageProps>>(rows.map(r => [r.path, lazy(r.load)]))

// All pages are fetched while there is nothing else to do: one that is opened first when the gateway is away is there too.
const ahead = () => { for (const r of rows) r.load().catch(() => {}) }

export function App() {
  const s = useStore(session)
  const lang = useStore(language)
  useEffect(() => { if (session.get() === 'unknown') void resume() }, [])
  useEffect(() => { if (s && s !== 'unknown' && !(s instanceof Error)) (window.requestIdleCallback ?? setTimeout)(ahead) }, [s])
  useEffect(() => { document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en' }, [lang])
  return (
    <>
      {s === 'unknown' ? null
        : s instanceof Error ? <main><Failed error={s} again={() => { session.set('unknown'); void resume() }} /></main>
        : s === null ? <Login />
        : <Layout><Shown /></Layout>}
      <Toasts />
    </>
  )
}

function Shown() {
  const t = useCommon()
  const { path } = usePlace()
  const [, first, ...rest] = path.split('/')
  const row = rows.find(r => r.path === '/' + first)
  useEffect(() => { if (!row) document.title = 'Moongate' }, [row])
  useEffect(() => { if (path === '/' && !row) go(rows[0].path, { replace: true }) }, [path, row])
  if (!row) return path === '/' ? null : <div className="page"><Empty icon="explain" title={t.failed.notFound} action={<Button onClick={() => go('/')}>{t.failed.toOverview}</Button>} /></div>
  const Page = loaded.get(row.path)!
  return (
    <Fence key={row.path}>
      <Suspense fallback={<div className="page"><Bones lines={6} /></div>}>
        <Page rest={rest.filter(Boolean).map(decodeURIComponent)} />
      </Suspense>
    </Fence>
  )
}

/** Keeps what breaks on one page to that page. */
class Fence extends Component<{ children: ReactNode }, { error?: Error }> {
  state: { error?: Error } = {}
  static getDerivedStateFromError(error: Error) { return { error } }
  render() {
    return this.state.error ? <div className="page"><Failed error={this.state.error} again={() => location.reload()} /></div> : this.props.children
  }
}
