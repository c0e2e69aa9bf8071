import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { ApiError, part } from '../api/client'
import { commit, preview, read, schemaOf, type Kind, type Write } from '../api/entities'
import { useMay } from '../api/session'
import type { Document, Preview } from '../api/types'
import { useFixed } from '../api/use'
import { useCommon } from '../i18n/common'
import { Bones, explain, Failed, Note } from './bits'
import { Button } from './Button'
import { Diffs } from './diff/Diff'
import { Fields, Labelled, type Errors } from './form/Fields'
import { check, editable, fieldsOf, tidy, type Doc, type Field, type Schema } from './form/schema'
import { begin, Sheet } from './Sheet'
import { titleOf } from './title'
import { toast } from './Toasts'

type Props = {
  kind: Kind
  title: string
  close: () => void
  /** What is edited; nothing is a new one. */
  id?: string
  /** What a new one begins with. */
  initial?: Doc
  /** Where its schema is, if not where the kind's is. */
  schema?: string
  /** Fields to begin with. */
  main?: string[]
  labels?: Record<string, string>
  fields?: (all: Field[]) => Field[]
  /** What is said in front of the fields. */
  head?: (doc: Doc, change: (doc: Doc) => void) => ReactNode
  /** What is there in place of the fields, if they are not enough. */
  body?: (p: Body) => ReactNode
  said: (name: string) => string
  done?: (doc: Document | undefined) => void
}

export type Body = { schema: Schema; value: Doc; change: (v: Doc) => void; errors: Errors; disabled: boolean }

/** A form for one entity, of its schema. What it would change is shown before it is changed. */
export function Editor(p: Props) {
  const { kind, id, close } = p
  const t = useCommon()
  const schema = useFixed<Schema>(p.schema ?? schemaOf(kind))
  const [was, setWas] = useState<{ doc: Doc; etag: string } | undefined>(id ? undefined : { doc: p.initial ?? {}, etag: '' })
  const [doc, setDoc] = useState<Doc>(p.initial ?? {})
  const [errors, setErrors] = useState<Errors>({})
  const [failed, setFailed] = useState<ApiError>()
  const [shown, setShown] = useState<Preview>()
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const [leaving, setLeaving] = useState(false)
  const may = useMay('operator')

  useEffect(() => {
    if (!id) return
    read(kind, id).then(r => { setWas(r); setDoc(r.doc) }, setFailed)
  }, [kind, id])

  const fields = useMemo(() => {
    const list = editable(fieldsOf(schema.data)).filter(f => f.name !== 'id')
    return p.fields ? p.fields(list) : list
  }, [schema.data, p.fields])

  const write = (): Write => id
    ? { method: 'PUT', path: `/${kind}/${part(id)}`, body: tidy(doc), ifMatch: was?.etag }
    : { method: 'POST', path: '/' + kind, body: tidy(doc) }
  const trouble = (e: unknown) => {
    const a = e as ApiError
    setShown(undefined)
    setErrors(a.fields ?? {})
    setFailed(a.status === 412 ? new ApiError(412, t.confirm.changed) : a)
  }
  const run = async (f: () => Promise<void>) => {
    setBusy(true)
    setFailed(undefined)
    try { await f() } catch (e) { trouble(e) } finally { setBusy(false) }
  }
  const review = () => run(async () => {
    const wrong = check(fields, doc, t.form)
    setErrors(wrong)
    if (Object.keys(wrong).length) throw new ApiError(400, t.form.fix, wrong)
    setShown(await preview(write()))
  })
  const apply = () => run(async () => {
    const made = await commit(write(), reason)
    toast(p.said(titleOf(made)))
    close()
    p.done?.(made)
  })

  const ready = schema.data && was
  // What has been typed is not lost by one key.
  const leave = () => {
    if (was && JSON.stringify(tidy(doc)) !== JSON.stringify(tidy(was.doc))) setLeaving(true)
    else close()
  }
  const top = useRef<HTMLDivElement>(null)
  // The fields come after the sheet, and what is reviewed after them.
  useEffect(() => { if (ready) begin(top.current!.closest('dialog')!) }, [!ready, !shown, leaving])
  const foot = leaving
    ? <><span className="grow">{t.form.unsaved}</span><Button onClick={() => setLeaving(false)} data-first>{t.form.stay}</Button><Button look="danger" onClick={close}>{t.form.discard}</Button></>
    : shown
    ? <><Button onClick={() => setShown(undefined)}>{t.back}</Button><Button look="main" type="submit" disabled={busy || !shown.changes.length} data-first>{t.apply}</Button></>
    : may ? <><Button onClick={leave}>{t.cancel}</Button><Button look="main" type="submit" disabled={busy || !ready}>{t.review}</Button></>
    : <Button onClick={close}>{t.close}</Button>
  return (
    <Sheet as="drawer" title={p.title} close={leave} foot={foot} submit={() => { if (!busy && ready && may) void (shown ? apply() : review()) }}>
      <div ref={top} hidden />
      {failed && !(failed.status === 0 && !ready) && <Note tone="bad">{Object.keys(errors).length && failed.status === 400 ? <FaultList errors={errors} text={t.form.fix} fields={fields} /> : explain(failed, t)}</Note>}
      {schema.error ? <Failed error={schema.error} again={schema.again} /> : !ready ? <Bones lines={6} /> : (
        <>
          {shown && (
            <>
              <Diffs changes={shown.changes} />
              <Labelled label={t.reason} help={t.reasonHint}>{(fid, about) => <input id={fid} className="input" aria-describedby={about} value={reason} maxLength={200} onChange={e => setReason(e.target.value)} />}</Labelled>
            </>
          )}
          {/* The form stays as it is behind what is reviewed. */}
          <div className="stack" hidden={!!shown}>
            {p.head?.(doc, setDoc)}
            {p.body?.({ schema: schema.data!, value: doc, change: setDoc, errors, disabled: !may }) ?? <Fields schema={schema.data!} fields={fields} value={doc} change={setDoc} errors={errors} main={p.main} labels={p.labels} disabled={!may} />}
          </div>
        </>
      )}
    </Sheet>
  )
}

// Errors of fields that the form does not show are written out.
function FaultList({ errors, text, fields }: { errors: Errors; text: string; fields: Field[] }) {
  const names = new Set(fields.map(f => f.name))
  const hidden = Object.entries(errors).filter(([k]) => !names.has(k.split('.')[0]))
  return <>{text}{hidden.map(([k, v]) => <div key={k}>{k && k !== '@entity' ? <><code>{k}</code>: </> : null}{v}</div>)}</>
}
