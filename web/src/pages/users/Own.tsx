import { useState } from 'react'
import { ApiError } from '../../api/client'
import { changePassword, useSession } from '../../api/session'
import { useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Button } from '../../ui/Button'
import type { Errors } from '../../ui/form/Fields'
import { Ask, usePasswordFault } from './Ask'
import { en } from './en'
import { Secret } from './Secret'
import { zh } from './zh'

/** Everybody changes the own password; nobody else need know it. */
export function OwnPassword() {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const me = useSession()
  const fault = usePasswordFault()
  const [open, setOpen] = useState(false)
  const [was, setWas] = useState('')
  const [next, setNext] = useState('')
  const [twice, setTwice] = useState('')
  if (me.name === 'anonymous') return null
  const close = () => {
    setOpen(false)
    for (const forget of [setWas, setNext, setTwice]) forget('')
  }
  const check = (): Errors => {
    const wrong: Errors = {}
    if (!was) wrong.password = t.missing
    const bad = fault(next)
    if (bad) wrong.new_password = bad
    else if (next !== twice) wrong.twice = t.differ
    return wrong
  }
  const send = async () => {
    try {
      await changePassword(was, next)
    } catch (e) {
      throw e instanceof ApiError && e.status === 409 ? new ApiError(409, t.onlyUsers) : e
    }
  }
  return (
    <>
      <span><Button icon="keyhole" onClick={() => setOpen(true)}>{t.change}</Button></span>
      {open && (
        <Ask title={t.own} action={common.save} close={close} check={check} send={send} said={t.ownDone}>
          {errors => (
            <>
              <Secret label={t.oldPassword} value={was} change={setWas} error={errors.password} known />
              <Secret label={t.newPassword} value={next} change={setNext} error={errors.new_password} help={t.passwordHelp} />
              <Secret label={t.again} value={twice} change={setTwice} error={errors.twice} />
              <p className="dim small">{t.ownNote}</p>
            </>
          )}
        </Ask>
      )}
    </>
  )
}
