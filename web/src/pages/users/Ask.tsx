import { useState, type ReactNode } from 'react'
import { ApiError } from '../../api/client'
import { useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { explain, Note } from '../../ui/bits'
import { Button } from '../../ui/Button'
import type { Errors } from '../../ui/form/Fields'
import { Sheet } from '../../ui/Sheet'
import { toast } from '../../ui/Toasts'
import { en } from './en'
import { least } from './Secret'
import { zh } from './zh'

type Props = {
  title: string
  action: string
  danger?: boolean
  note?: ReactNode
  close: () => void
  /** Sends it. An ApiError's fields are told at the fields. */
  send: () => Promise<unknown>
  said?: string
  done?: () => void
  /** What can be seen to be wrong before it is sent. */
  check?: () => Errors
  children?: (errors: Errors) => ReactNode
}

/** A dialog that asks for a few fields, or only whether, and sends them. */
export function Ask({ title, action, danger, note, close, send, said, done, check, children }: Props) {
  const common = useCommon()
  const [failed, setFailed] = useState<ApiError>()
  const [busy, setBusy] = useState(false)
  const run = async () => {
    const wrong = check?.() ?? {}
    setFailed(Object.keys(wrong).length ? new ApiError(400, common.form.fix, wrong) : undefined)
    if (Object.keys(wrong).length) return
    setBusy(true)
    try {
      await send()
      if (said) toast(said)
      close()
      done?.()
    } catch (e) {
      setFailed(e as ApiError)
      setBusy(false)
    }
  }
  const errors = failed?.fields ?? {}
  return (
    <Sheet title={title} close={close} submit={() => { if (!busy) void run() }}
      foot={<><Button onClick={close}>{common.cancel}</Button><Button look={danger ? 'danger' : 'main'} type="submit" disabled={busy} data-first={!children || undefined}>{action}</Button></>}>
      {failed && <Note tone="bad">{Object.keys(errors).length ? common.form.fix : explain(failed, common)}</Note>}
      {note && <p>{note}</p>}
      {children?.(errors)}
    </Sheet>
  )
}

/** usePasswordFault says what is wrong with a new password, as far as that can be seen here. */
export function usePasswordFault(): (password: string, optional?: boolean) => string | undefined {
  const t = useTexts({ en, zh })
  return (p, optional) => p === '' ? (optional ? undefined : t.missing) : [...p].length < least ? t.shortPassword : undefined
}
