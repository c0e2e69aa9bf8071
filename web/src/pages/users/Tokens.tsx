import { useState } from 'react'
import { del, part, post } from '../../api/client'
import { ago, time, useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Copy, Note, Panel } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Labelled } from '../../ui/form/Fields'
import { Sheet } from '../../ui/Sheet'
import { Ask } from './Ask'
import { en } from './en'
import type { Token, User } from './types'
import { zh } from './zh'

/** The tokens of a user: one is shown when it is made, and never again. */
export function Tokens({ user, again }: { user: User; again: () => void }) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const [shown, show] = useState<'new' | { gone: Token } | { made: Token }>()
  const [name, setName] = useState('')
  const path = `/users/${part(user.name)}/tokens`
  const label = (k: Token) => k.name || `${t.unnamed} ${k.id.slice(0, 8)}`
  const close = () => show(undefined)
  const make = async () => {
    const made = await post<Token>(path, name.trim() ? { name: name.trim() } : {})
    again()
    setName('')
    setTimeout(() => show({ made })) // after the dialog that asked is gone
  }
  return (
    <Panel title={t.tokens} acts={<Button small icon="plus" onClick={() => show('new')}>{t.newToken}</Button>}>
      {!user.tokens.length ? <p className="dim">{t.noTokens}</p> : (
        <ul className="lines-of">
          {user.tokens.map(k => (
            <li key={k.id}>
              <b className="cut">{k.name || <span className="dim">{t.unnamed}</span>}</b><code className="dim small">{k.id.slice(0, 8)}</code>
              <span className="dim small push" title={time(k.created_at)}>{ago(k.created_at)}</span>
              <Button look="quiet" small icon="trash" aria-label={`${common.remove}: ${label(k)}`} onClick={() => show({ gone: k })} />
            </li>
          ))}
        </ul>
      )}
      {shown === 'new' && (
        <Ask title={t.newToken} action={common.create} close={close} send={make}>
          {errors => (
            <Labelled label={t.tokenName} help={t.tokenHelp} error={errors.name}>
              {(id, about, bad) => <input id={id} className="input" autoComplete="off" spellCheck={false} maxLength={64} aria-describedby={about} aria-invalid={bad || undefined} value={name} onChange={e => setName(e.target.value)} />}
            </Labelled>
          )}
        </Ask>
      )}
      {typeof shown === 'object' && 'gone' in shown && (
        <Ask title={t.removeToken(label(shown.gone))} note={t.removeTokenNote} action={common.remove} danger close={close} said={t.tokenRemoved} send={() => del(`${path}/${part(shown.gone.id)}`)} done={again} />
      )}
      {typeof shown === 'object' && 'made' in shown && (
        <Sheet title={t.tokenMade} close={close} foot={<Button look="main" onClick={close}>{t.iHaveIt}</Button>}>
          <Note tone="warn">{t.once}</Note>
          <div className="once"><code>{shown.made.token}</code><Copy text={shown.made.token ?? ''} /></div>
          <p className="dim small">{t.useIt}</p>
        </Sheet>
      )}
    </Panel>
  )
}
