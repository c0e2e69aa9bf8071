import { useEffect, useState, type ReactNode } from 'react'
import { part, type ApiError } from '../api/client'
import { commit, preview, type Kind, type Write } from '../api/entities'
import type { Preview } from '../api/types'
import { useCommon } from '../i18n/common'
import { Bones, explain, Note } from './bits'
import { Button } from './Button'
import { Diffs } from './diff/Diff'
import { Labelled } from './form/Fields'
import { Sheet } from './Sheet'
import { toast } from './Toasts'

type Props = {
  title: string
  write: Write
  close: () => void
  said: string
  danger?: boolean
  action: string
  /** What is to be known before. */
  note?: ReactNode
  /** Asks for a reason. */
  reasoned?: boolean
  done?: () => void
}

/** Confirm asks before a write, and shows what it would do. */
export function Confirm({ title, write, close, said, danger, action, note, reasoned, done }: Props) {
  const t = useCommon()
  const [shown, setShown] = useState<Preview>()
  const [failed, setFailed] = useState<ApiError>()
  const [busy, setBusy] = useState(false)
  const [reason, setReason] = useState('')
  useEffect(() => { preview(write).then(setShown, setFailed) }, [])
  const run = async () => {
    setBusy(true)
    try {
      await commit(write, reason)
      toast(said)
      done?.()
      close()
    } catch (e) {
      setFailed(e as ApiError)
      setBusy(false)
    }
  }
  return (
    <Sheet title={title} close={close} wide submit={() => { if (shown && !busy) void run() }}
      foot={<><Button onClick={close}>{t.cancel}</Button><Button look={danger ? 'danger' : 'main'} type="submit" disabled={!shown || busy || !shown.changes.length && !shown.acts?.length} data-first>{action}</Button></>}>
      {failed && <Note tone="bad">{explain(failed, t)}</Note>}
      {note && <div className="stack">{note}</div>}
      {shown && reasoned && <Labelled label={t.reason} help={t.reasonHint}>{(id, about) => <input id={id} className="input" aria-describedby={about} value={reason} maxLength={200} onChange={e => setReason(e.target.value)} />}</Labelled>}
      {shown ? <><p className="dim">{t.confirm.also}</p><Diffs changes={shown.changes} acts={shown.acts} /></> : !failed && <Bones />}
    </Sheet>
  )
}

export function Removal({ kind, id, name, close, said }: { kind: Kind; id: string; name: string; close: () => void; said: string }) {
  const t = useCommon()
  return <Confirm title={t.confirm.remove(name)} action={t.remove} danger write={{ method: 'DELETE', path: `/${kind}/${part(id)}` }} close={close} said={said} />
}
