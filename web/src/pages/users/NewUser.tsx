import { useState } from 'react'
import { post } from '../../api/client'
import type { Role } from '../../api/session'
import { useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Labelled, type Errors } from '../../ui/form/Fields'
import { Ask, usePasswordFault } from './Ask'
import { en } from './en'
import { RoleChoice } from './Roles'
import { Secret } from './Secret'
import type { User } from './types'
import { zh } from './zh'

/** A new user; the first one is an admin. */
export function NewUser({ first, close, done }: { first: boolean; close: () => void; /** signsIn: it has a password. Who has none needs a token next. */ done: (name: string, signsIn: boolean) => void }) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const fault = usePasswordFault()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>(first ? 'admin' : 'viewer')
  const [password, setPassword] = useState('')
  const check = (): Errors => {
    const wrong: Errors = {}
    if (!name.trim()) wrong.name = t.missing
    const bad = fault(password, !first)
    if (bad) wrong.password = bad
    return wrong
  }
  return (
    <Ask title={t.create} action={common.create} close={close} said={t.made(name.trim())} check={check} done={() => done(name.trim(), !!password)}
      send={() => post<User>('/users', { name: name.trim(), role, ...(password ? { password } : {}) })}>
      {errors => (
        <>
          <Labelled label={t.name} help={t.nameHelp} error={errors.name} required>
            {(id, about, bad) => <input id={id} className="input" autoComplete="off" spellCheck={false} maxLength={64} aria-describedby={about} aria-invalid={bad || undefined} value={name} onChange={e => setName(e.target.value)} />}
          </Labelled>
          <Secret label={t.password} value={password} change={setPassword} error={errors.password} suggest help={first ? t.passwordHelp : `${t.passwordHelp} ${t.noneHelp}`} />
          <RoleChoice value={role} change={setRole} />
        </>
      )}
    </Ask>
  )
}
