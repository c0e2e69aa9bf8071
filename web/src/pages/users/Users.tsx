import { useMemo } from 'react'
import { useSession } from '../../api/session'
import { useGet } from '../../api/use'
import { go, useOpen } from '../../app/router'
import { ago, number, time, useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Badge, Bones, Empty, Failed, Page } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Table, type Column } from '../../ui/table/Table'
import { en } from './en'
import { NewUser } from './NewUser'
import { Roles } from './Roles'
import { roleTones, type User } from './types'
import { zh } from './zh'

/** Who may use the gateway's API, and this dashboard. ?open=new makes one. */
export function Users() {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const me = useSession()
  const list = useGet<{ data: User[] }>('/users')
  const [shown, show] = useOpen()
  const users = list.data?.data
  const columns = useMemo((): Column<User>[] => {
    const ways = (u: User) => [u.has_password && t.byPassword, u.tokens.length > 0 && t.byTokens(u.tokens.length)].filter(Boolean).join(', ')
    return [
      { key: 'name', title: t.name, width: 'minmax(120px, 1.2fr)', value: u => u.name, cell: u => <><b className="cut">{u.name}</b>{u.name === me.name && <span className="dim">({t.you})</span>}</> },
      { key: 'role', title: t.role, width: '112px', value: u => u.role, text: u => `${u.role} ${common.roles[u.role]}`, cell: u => <Badge tone={roleTones[u.role]}>{common.roles[u.role]}</Badge> },
      { key: 'ways', title: t.signsIn, width: 'minmax(120px, 1.2fr)', value: ways, cell: u => ways(u) || <span className="warn">{t.byNothing}</span> },
      { key: 'created', title: t.created, width: '118px', wide: true, value: u => u.created_at, text: () => '', cell: u => <span className="dim cut" title={time(u.created_at)}>{ago(u.created_at)}</span> },
      { key: 'changed', title: common.changed, width: '118px', wide: true, value: u => u.updated_at, text: () => '', cell: u => <span className="dim cut" title={time(u.updated_at)}>{ago(u.updated_at)}</span> },
    ]
  }, [t, common, me.name])
  const create = <Button look="main" icon="plus" onClick={() => show('new')}>{t.create}</Button>
  return (
    <Page title={t.title} sub={users && number(users.length)} acts={users && users.length > 0 && create}>
      {list.error ? <Failed error={list.error} again={list.again} /> : !users ? <Bones lines={5} />
        : !users.length ? <section className="panel"><Empty icon="users" title={t.emptyTitle} action={create}>{t.empty}</Empty></section>
        : <Table label={t.users} rows={users} columns={columns} id={u => u.name} open={u => go(`/users/${encodeURIComponent(u.name)}`)} sort={{ key: 'name', down: false }} filter={users.length > 8} short />}
      <p className="dim small">{t.note}</p>
      <Roles />
      {shown === 'new' && users && <NewUser first={!users.length} close={() => show('')} done={(name, signsIn) => { list.again(); if (!signsIn) go(`/users/${encodeURIComponent(name)}`) }} />}
    </Page>
  )
}
