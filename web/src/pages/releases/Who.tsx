import { useEffect, useState } from 'react'
import { patch } from '../../api/client'
import { useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { explain, Tags } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { TagInput } from '../../ui/form/TagInput'
import { toast } from '../../ui/Toasts'
import { en } from './en'
import { open, type Identity, type Release } from './types'
import { zh } from './zh'

const identity = (i: Identity) => i.name ? `${i.from} ${i.name}` : i.from
const pairs = (m?: Record<string, string[]> | null) => Object.entries(m ?? {}).map(([k, v]) => `${k}: ${v.join(', ')}`)

/** Who gets the candidate whatever the percentage is. Addresses and users are edited in place. */
export function Who({ r, may }: { r: Release; may: boolean }) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const m = r.match
  const [addresses, setAddresses] = useState(m.addresses ?? [])
  const [users, setUsers] = useState(m.users ?? [])
  const [busy, setBusy] = useState(false)
  useEffect(() => { setAddresses(m.addresses ?? []); setUsers(m.users ?? []) }, [m])
  const same = (a: string[], b?: string[] | null) => a.join('\n') === (b ?? []).join('\n')
  const changed = !same(addresses, m.addresses) || !same(users, m.users)
  const save = async () => {
    setBusy(true)
    try {
      await patch(`/releases/${r.id}`, { match: { addresses, users } })
      toast(t.listsSaved)
    } catch (e) {
      toast(explain(e, common), 'bad')
    } finally {
      setBusy(false)
    }
  }
  const others = [
    { title: t.headers, list: pairs(m.headers) }, { title: t.cookies, list: pairs(m.cookies) }, { title: t.queries, list: pairs(m.queries) }, { title: t.claims, list: pairs(m.claims) },
    { title: t.clients, list: m.clients ?? [] }, { title: t.versions, list: m.versions ?? [] }, { title: t.lists, list: (m.lists ?? []).map(l => `${l.redis.key} @ ${l.redis.address}`) },
  ].filter(o => o.list.length > 0)
  const locked = !may || !open(r)
  return (
    <form className="stack" onSubmit={e => { e.preventDefault(); if (changed && !busy) void save() }}>
      <p className="dim small">{!others.length && !m.addresses?.length && !m.users?.length ? t.nobody : m.mode === 'all' ? t.whoAll : t.whoAny}</p>
      <div className="stack"><b className="small">{t.addresses}</b><TagInput list={addresses} change={setAddresses} label={t.addresses} disabled={locked} placeholder="10.0.0.0/8" /></div>
      <div className="stack"><b className="small">{t.users} <span className="dim">{t.from(identity(m.user))}</span></b><TagInput list={users} change={setUsers} label={t.users} disabled={locked} placeholder="alice" /></div>
      {others.map(o => <div key={o.title} className="stack"><b className="small">{o.title}</b><Tags list={o.list} mono wrap /></div>)}
      <p className="small"><span className="dim">{t.sticky}</span> {identity(r.sticky)}</p>
      {changed && <span><Button look="main" type="submit" disabled={busy}>{t.saveLists}</Button></span>}
    </form>
  )
}
