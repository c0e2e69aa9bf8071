import { useEffect, useState, type FormEvent } from 'react'
import type { ApiError } from '../../api/client'
import { login } from '../../api/session'
import { useStore } from '../../api/store'
import { language, setLanguage, useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { explain, Note, Segments } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Labelled } from '../../ui/form/Fields'
import { Mark } from '../../ui/Icon'
import { en } from './en'
import './login.css'
import { zh } from './zh'

type Way = 'token' | 'password'
const remembered = 'moongate.login' // how, not who

export function Login() {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const lang = useStore(language)
  const [way, setWay] = useState<Way>(localStorage.getItem(remembered) === 'password' ? 'password' : 'token')
  const [token, setToken] = useState('')
  const [name, setName] = useState('')
  const [pass, setPass] = useState('')
  const [failed, setFailed] = useState<ApiError>()
  const [asked, setAsked] = useState(false)
  const [wait, setWait] = useState(0)
  const [busy, setBusy] = useState(false)
  useEffect(() => { document.title = `${t.signIn} · Moongate` }, [t])
  useEffect(() => {
    if (wait <= 0) return
    const timer = setTimeout(() => setWait(wait - 1), 1000)
    return () => clearTimeout(timer)
  }, [wait])

  const send = async (e: FormEvent) => {
    e.preventDefault()
    setAsked(true)
    if (busy || wait > 0 || !(way === 'token' ? token.trim() : name.trim() && pass)) return
    setBusy(true)
    setFailed(undefined)
    try {
      await login(way === 'token' ? { token: token.trim() } : { name: name.trim(), password: pass })
      localStorage.setItem(remembered, way)
    } catch (e) {
      const a = e as ApiError
      setFailed(a)
      if (a.status === 429) setWait(Math.ceil(a.retryAfter || 1))
      setBusy(false)
    }
  }
  const missing = (s: string) => asked && !s.trim() ? t.missing : undefined
  return (
    <main className="login">
      <form className="login-box" onSubmit={e => void send(e)} noValidate>
        <span className="login-mark"><Mark size={36} /></span>
        <h1>{t.title}</h1>
        <Segments label={t.how} value={way} change={v => { setWay(v); setAsked(false); setFailed(undefined) }} options={[{ value: 'token', text: t.token }, { value: 'password', text: t.password }]} />
        {failed && <Note tone="bad">{failed.status === 401 || failed.status === 400 ? t.wrong : failed.status === 429 ? t.slow(Math.max(1, wait)) : explain(failed, common)}</Note>}
        {way === 'token' ? (
          <Labelled label={t.token} help={t.tokenHelp} error={missing(token)}>
            {(id, about, bad) => <input key="token" id={id} className="input mono" type="password" autoComplete="off" spellCheck={false} autoFocus aria-describedby={about} aria-invalid={bad || undefined} value={token} onChange={e => setToken(e.target.value)} />}
          </Labelled>
        ) : (
          <>
            <Labelled label={t.name} error={missing(name)}>
              {(id, about, bad) => <input key="name" id={id} className="input" autoComplete="username" spellCheck={false} autoFocus aria-describedby={about} aria-invalid={bad || undefined} value={name} onChange={e => setName(e.target.value)} />}
            </Labelled>
            <Labelled label={t.pass} error={missing(pass)}>
              {(id, about, bad) => <input id={id} className="input" type="password" autoComplete="current-password" aria-describedby={about} aria-invalid={bad || undefined} value={pass} onChange={e => setPass(e.target.value)} />}
            </Labelled>
          </>
        )}
        <Button look="main" type="submit" disabled={busy || wait > 0}>{t.signIn}</Button>
      </form>
      <Button look="quiet" icon="globe" small onClick={() => setLanguage(lang === 'zh' ? 'en' : 'zh')}>{lang === 'zh' ? 'English' : '中文'}</Button>
    </main>
  )
}
