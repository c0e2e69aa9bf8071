import { useMemo, useState } from 'react'
import { countBy } from '../../api/count'
import { useEntities } from '../../api/entities'
import { useMay } from '../../api/session'
import type { Service, Target, Upstream } from '../../api/types'
import { go, link } from '../../app/router'
import { useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Bones, Empty, Failed, Page } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Editor } from '../../ui/Editor'
import type { Field } from '../../ui/form/schema'
import { Removal } from '../../ui/Removal'
import { titleOf } from '../../ui/title'
import { en } from './en'
import { Targets } from './Targets'
import { main } from './Upstreams'
import './upstreams.css'
import { zh } from './zh'

const withoutUpstream = (all: Field[]) => all.filter(f => f.name !== 'upstream')

/** One upstream with its targets. */
export function Detail({ id }: { id: string }) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const upstreams = useEntities<Upstream>('upstreams')
  const targets = useEntities<Target>('targets')
  const services = useEntities<Service>('services')
  const [shown, show] = useState<'settings' | 'gone' | { target: string } | { gone: Target }>()
  const may = useMay('operator')
  const u = upstreams.byId.get(id)
  const rows = useMemo(() => targets.rows.filter(x => x.upstream.id === id), [targets.rows, id])
  const users = useMemo(() => services.rows.filter(s => s.host === u?.name), [services.rows, u])
  const used = countBy(users, s => s.host)

  if (upstreams.state === 'failed') return <Page title={t.title}><Failed error={upstreams.error} /></Page>
  if (upstreams.state === 'loading') return <Page title={t.title}><Bones lines={6} /></Page>
  if (!u) return <Page title={t.title}><Empty icon="upstream" title={t.missing} action={<Button onClick={() => go('/upstreams')}>{t.all}</Button>} /></Page>

  const close = () => show(undefined)
  const add = may && <Button look="main" icon="plus" onClick={() => show({ target: '' })}>{t.addTarget}</Button>
  const checks = (u.healthchecks ?? {}) as { active?: { healthy?: { interval?: number }; unhealthy?: { interval?: number } }; passive?: { unhealthy?: { http_failures?: number; tcp_failures?: number; timeouts?: number } } }
  const kinds = [
    (checks.active?.healthy?.interval || checks.active?.unhealthy?.interval) && t.active,
    (checks.passive?.unhealthy?.http_failures || checks.passive?.unhealthy?.tcp_failures || checks.passive?.unhealthy?.timeouts) && t.passive,
  ].filter(Boolean).join(', ')
  return (
    <Page title={u.name} of={t.title} fill
      sub={<a className="line" {...link('/upstreams')}>{t.all}</a>}
      acts={<>{may && <Button icon="settings" onClick={() => show('settings')}>{t.edited}</Button>}{may && <Button icon="trash" aria-label={common.remove} onClick={() => show('gone')} />}{add}</>}>
      <dl className="traits">
        <div><dt>{t.algorithm}</dt><dd>{u.algorithm}</dd></div>
        <div><dt>{t.checks}</dt><dd>{kinds || t.off}</dd></div>
        <div><dt>{t.usedBy}</dt><dd>{used.size ? users.map((s, i) => <span key={s.id}>{i > 0 && ', '}<a {...link(`/services?open=${s.id}`)}>{titleOf(s)}</a></span>) : <span className="dim">{t.nobody}</span>}</dd></div>
      </dl>
      {targets.state === 'loading' ? <Bones /> : <Targets upstream={u} rows={rows} edit={x => show({ target: x.id })} remove={x => show({ gone: x })}
        empty={<Empty icon="upstream" title={t.noTargetsTitle} action={add}>{t.noTargets}</Empty>} />}
      {shown === 'settings' && <Editor kind="upstreams" id={id} title={t.edit(u.name)} main={main} said={t.changed} close={close} />}
      {shown === 'gone' && <Removal kind="upstreams" id={id} name={t.what(u.name)} said={t.removed(u.name)} close={close} />}
      {typeof shown === 'object' && 'target' in shown && (
        <Editor kind="targets" id={shown.target || undefined} initial={{ upstream: { id } }} fields={withoutUpstream} main={['target', 'weight', 'version']} close={close}
          title={shown.target ? t.editTarget(titleOf(targets.byId.get(shown.target))) : t.addTarget} said={shown.target ? t.targetChanged : t.targetMade} />
      )}
      {typeof shown === 'object' && 'gone' in shown && <Removal kind="targets" id={shown.gone.id} name={t.targetWhat(shown.gone.target)} said={t.targetRemoved(shown.gone.target)} close={close} />}
    </Page>
  )
}
