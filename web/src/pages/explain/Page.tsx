import { useEffect, useRef, useState } from 'react'
import { ApiError, post } from '../../api/client'
import { useEntities } from '../../api/entities'
import type { Consumer } from '../../api/types'
import { useArgument } from '../../app/router'
import { useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Empty, explain, Note, Page, Panel } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { useNarrow } from '../../ui/table/Table'
import { read, type Asked } from './curl'
import { en } from './en'
import './explain.css'
import { Path } from './Path'
import { Recently } from './Recently'
import type { Answer } from './types'
import { zh } from './zh'

/** What would become of a request, and why. */
export default function Explain() {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const [given] = useArgument('request')
  const [from] = useArgument('client')
  const [known] = useArgument('consumer')
  const consumers = useEntities<Consumer>('consumers')
  const [text, setText] = useState(given)
  const [client, setClient] = useState(from)
  const [consumer, setConsumer] = useState(known)
  const [answer, setAnswer] = useState<{ a: Answer; known: boolean }>()
  const [failed, setFailed] = useState('')
  const [busy, setBusy] = useState(false)
  const told = useRef<HTMLDivElement>(null)
  const small = useNarrow()

  const ask = async (a: Asked) => {
    setBusy(true)
    setFailed('')
    try {
      setAnswer({ a: await post<Answer>('/explain', a), known: !!a.consumer })
    } catch (e) {
      setAnswer(undefined)
      setFailed(e instanceof ApiError ? explain(e, common) : String(e))
    } finally {
      setBusy(false)
    }
  }
  const submit = () => {
    let a: Asked
    try {
      a = read(text)
    } catch (e) {
      setAnswer(undefined)
      setFailed(t.unread((e as Error).message))
      return
    }
    if (client.trim()) a.client = client.trim()
    if (consumer) a.consumer = consumer
    void ask(a)
  }
  useEffect(() => { if (given) submit() }, [given])
  // Where there is little room it stands below the question.
  useEffect(() => { if (answer && small) told.current?.scrollIntoView({ block: 'start' }) }, [answer, small])
  return (
    <Page title={t.title} sub={t.sub}>
      <div className="explain">
        <div className="ask">
          <Panel title={t.request}>
            <form className="stack" onSubmit={e => { e.preventDefault(); if (!busy) submit() }}>
              <textarea className="input mono" rows={5} value={text} onChange={e => setText(e.target.value)} aria-label={t.hint} placeholder={"curl 'https://shop.example/cart' \\\n  -H 'Cookie: user=42'"} spellCheck={false}
                onKeyDown={e => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); submit() } }} />
              <span className="dim small">{t.hint}</span>
              <label className="field"><span className="label">{t.client}</span><input className="input mono" value={client} onChange={e => setClient(e.target.value)} placeholder="127.0.0.1" spellCheck={false} /></label>
              <label className="field"><span className="label">{t.consumer}</span>
                <input className="input" list="explain-consumers" value={consumer} onChange={e => setConsumer(e.target.value)} placeholder={t.consumerHint} autoComplete="off" />
                <datalist id="explain-consumers">{consumers.rows.slice(0, 500).map(c => <option key={c.id} value={c.username ?? c.custom_id ?? c.id} />)}</datalist>
              </label>
              <span><Button look="main" type="submit" disabled={busy || !text.trim()}>{t.run}</Button></span>
            </form>
          </Panel>
        </div>
        <div className="told stack" aria-live="polite" ref={told}>
          {!failed && !answer && <section className="panel"><Empty icon="explain" title={t.emptyTitle}>{t.empty}</Empty></section>}
          {failed && <Note tone="bad">{failed}</Note>}
          {answer && <Path a={answer.a} known={answer.known} />}
        </div>
        <div className="lately">
          <Recently choose={(line, a) => { setText(line); setClient(a.client ?? ''); setConsumer(a.consumer ?? ''); void ask(a) }} />
        </div>
      </div>
    </Page>
  )
}
