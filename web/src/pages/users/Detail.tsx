import { useState } from 'react'
import { del, part, patch } from '../../api/client'
import { resume, useSession, type Role } from '../../api/session'
import { useGet } from '../../api/use'
import { go, link } from '../../app/router'
import { ago, time, useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Badge, Bones, Empty, Failed, Page, Panel } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Ask, usePasswordFault } from './Ask'
import { en } from './en'
import { RoleChoice } from './Roles'
import { Secret } from './Secret'
import { Tokens } from './Tokens'
import { roleTones, type User } from './types'
import { zh } from './zh'

/** One user: its role, its password, its tokens. */
export function Detail({ name }: { name: string }) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const read = useGet<User>(`/users/${part(name)}`)
  const self = useSession().name === name
  const [shown, show] = useState<'role' | 'password' | 'drop' | 'gone'>()
  const close = () => show(undefined)
  const u = read.data
  const path = `/users/${part(name)}`
  // One's own session ends with such a change; then this page is one's own no longer.
  const changed = () => { if (self) void resume(); else read.again() }
  if (read.error?.status === 404) return <Page title={t.title}><Empty icon="users" title={t.missingUser} action={<Button onClick={() => go('/users')}>{t.all}</Button>} /></Page>
  if (read.error) return <Page title={t.title}><Failed error={read.error} again={read.again} /></Page>
  if (!u) return <Page title={name} of={t.title}><Bones lines={6} /></Page>
  return (
    <Page title={u.name} of={t.title} sub={<span className="line"><Badge tone={roleTones[u.role]}>{common.roles[u.role]}</Badge><a {...link('/users')}>{t.all}</a></span>}
      acts={<Button icon="trash" onClick={() => show('gone')}>{common.remove}</Button>}>
      <div className="panels">
        <Panel title={t.role} acts={<Button small icon="edit" onClick={() => show('role')}>{t.changeRole}</Button>}>
          <div className="stack"><span><Badge tone={roleTones[u.role]}>{common.roles[u.role]}</Badge></span><p className="dim">{t.docs[u.role]}</p><p className="dim small" title={time(u.created_at)}>{t.since(ago(u.created_at))}</p></div>
        </Panel>
        <Panel title={t.password} acts={<>{u.has_password && <Button small icon="trash" aria-label={t.dropPassword} onClick={() => show('drop')} />}<Button small icon="keyhole" onClick={() => show('password')}>{u.has_password ? t.resetPassword : t.setPassword}</Button></>}>
          <p className={u.has_password || u.tokens.length ? 'dim' : 'warn'}>{u.has_password ? t.hasPassword : u.tokens.length ? t.hasNone : t.byNothing}</p>
        </Panel>
        <Tokens user={u} again={read.again} />
      </div>
      {shown === 'role' && <RoleDialog user={u} self={self} close={close} done={changed} />}
      {shown === 'password' && <PasswordDialog user={u} close={close} done={changed} />}
      {shown === 'drop' && <Ask title={t.dropTitle(name)} note={t.dropNote} action={t.dropPassword} danger close={close} said={t.dropped(name)} send={() => patch(path, { password: null })} done={changed} />}
      {shown === 'gone' && (
        <Ask title={t.removeTitle(name)} note={<>{t.removeNote} {self && <b>{t.removeSelf}</b>}</>} action={common.remove} danger close={close} said={t.removed(name)} send={() => del(path)}
          done={() => { if (self) void resume(); else go('/users') }} />
      )}
    </Page>
  )
}

type Dialog = { user: User; close: () => void; done: () => void }

function RoleDialog({ user, self, close, done }: Dialog & { self: boolean }) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const [role, setRole] = useState<Role>(user.role)
  const send = async () => { if (role !== user.role) await patch(`/users/${part(user.name)}`, { role }) }
  return (
    <Ask title={t.roleOf(user.name)} action={common.save} close={close} send={send} said={role === user.role ? undefined : t.roleChanged(user.name)} done={done}>
      {() => <><RoleChoice value={role} change={setRole} /><p className="dim small">{self ? t.roleSelf : t.roleNote}</p></>}
    </Ask>
  )
}

function PasswordDialog({ user, close, done }: Dialog) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const fault = usePasswordFault()
  const [password, setPassword] = useState('')
  const check = () => {
    const bad = fault(password)
    return bad ? { password: bad } : {} as Record<string, string>
  }
  return (
    <Ask title={t.passwordOf(user.name)} action={common.save} close={close} check={check} send={() => patch(`/users/${part(user.name)}`, { password })} said={t.passwordSet(user.name)} done={done}>
      {errors => <><Secret label={t.newPassword} value={password} change={setPassword} error={errors.password} help={t.passwordHelp} suggest /><p className="dim small">{t.tell} {t.roleNote}</p></>}
    </Ask>
  )
}
