import { useMemo, useState } from 'react'
import { useEntities, type Kind } from '../../api/entities'
import { useMay } from '../../api/session'
import type { Consumer, Plugin } from '../../api/types'
import { go, link } from '../../app/router'
import { ago, time, useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Badge, Bones, Copy, Empty, Failed, Note, Page, Panel, Tags } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Editor } from '../../ui/Editor'
import type { Field } from '../../ui/form/schema'
import { Removal } from '../../ui/Removal'
import { titleOf } from '../../ui/title'
import { credentialKinds, main, type Credential } from './Consumers'
import './consumers.css'
import { en } from './en'
import { zh } from './zh'

const withoutConsumer = (all: Field[]) => all.filter(f => f.name !== 'consumer')

type Shown = 'settings' | 'gone' | { kind: Kind; id?: string } | { kind: Kind; gone: Credential }

/** One consumer with its credentials. */
export function Detail({ id }: { id: string }) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const list = useEntities<Consumer>('consumers')
  const plugins = useEntities<Plugin>('plugins')
  const [shown, show] = useState<Shown>()
  const may = useMay('operator')
  const c = list.byId.get(id)
  const own = useMemo(() => plugins.rows.filter(p => p.consumer?.id === id), [plugins.rows, id])
  const close = () => show(undefined)

  if (list.state === 'failed') return <Page title={t.title}><Failed error={list.error} /></Page>
  if (list.state === 'loading') return <Page title={t.title}><Bones lines={6} /></Page>
  if (!c) return <Page title={t.title}><Empty icon="consumer" title={t.missing} action={<Button onClick={() => go('/consumers')}>{t.all}</Button>} /></Page>
  const name = titleOf(c)
  return (
    <Page title={name} of={t.title} sub={<a {...link('/consumers')}>{t.all}</a>}
      acts={may && <><Button icon="settings" onClick={() => show('settings')}>{t.settings}</Button><Button icon="trash" aria-label={common.remove} onClick={() => show('gone')} /></>}>
      {(c.custom_id || c.tags?.length) && <div className="line wrap">{c.custom_id && <span><span className="dim">{t.customId}</span> <span className="mono">{c.custom_id}</span></span>}{c.tags?.length ? <Tags list={c.tags} wrap /> : null}</div>}
      {!may && <Note>{t.hidden}</Note>}
      <div className="panels">
        {credentialKinds.map(kind => <Credentials key={kind} kind={kind} consumer={id} may={may} show={show} />)}
        <Panel title={t.plugins} acts={may && <Button small icon="plus" onClick={() => go(`/plugins?tab=catalogue&consumer=${id}`)}>{t.addPlugin}</Button>}>
          {own.length ? <ul className="creds">{own.map(p => <li key={p.id}><a {...link(`/plugins?open=${p.id}`)}>{p.name}</a><span className="push"><Badge tone={p.enabled ? 'good' : undefined}>{p.enabled ? common.enabled : common.disabled}</Badge></span></li>)}</ul> : <p className="dim">{t.noneOf}</p>}
        </Panel>
      </div>
      {shown === 'settings' && <Editor kind="consumers" id={id} title={t.edit(name)} main={main} said={t.changed} close={close} />}
      {shown === 'gone' && <Removal kind="consumers" id={id} name={t.what(name)} said={t.removed(name)} close={close} />}
      {typeof shown === 'object' && !('gone' in shown) && (
        <Editor kind={shown.kind} id={shown.id} initial={{ consumer: { id } }} fields={withoutConsumer} title={shown.id ? t.kinds[shown.kind as 'jwts'] : t.add(t.kinds[shown.kind as 'jwts'])} close={close}
          said={shown.id ? t.changedOne : t.added} head={() => <p className="dim">{t.hints[shown.kind as 'jwts']}</p>} />
      )}
      {typeof shown === 'object' && 'gone' in shown && <Removal kind={shown.kind} id={shown.gone.id} name={t.oneWhat(label(shown.gone))} said={t.gone} close={close} />}
    </Page>
  )
}

// A secret is told by its first letters only.
const label = (c: Credential) => String(c.username ?? c.group ?? c.subject_name ?? (typeof c.key === 'string' && c.key !== '***' ? c.key.slice(0, 4) + '…' : c.id.slice(0, 8)))

function Credentials({ kind, consumer, may, show }: { kind: (typeof credentialKinds)[number]; consumer: string; may: boolean; show: (s: Shown) => void }) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const list = useEntities<Credential>(kind)
  const own = useMemo(() => list.rows.filter(c => c.consumer?.id === consumer), [list.rows, consumer])
  const [seen, setSeen] = useState<string>()
  return (
    <Panel title={t.kinds[kind]} acts={may && <Button small icon="plus" aria-label={t.add(t.kinds[kind])} onClick={() => show({ kind })}>{common.add}</Button>}>
      {list.state === 'loading' ? <Bones lines={2} /> : !own.length ? <p className="dim">{t.hints[kind]}</p> : (
        <ul className="creds">
          {own.map(c => {
            const secret = typeof c.key === 'string' ? c.key : undefined
            return (
              <li key={c.id}>
                {secret !== undefined
                  ? <code className="cut">{seen === c.id ? secret : secret === '***' ? '•'.repeat(12) : secret.slice(0, 4) + '•'.repeat(10)}</code>
                  : <b className="cut">{label(c)}</b>}
                <span className="dim small push" title={time(c.created_at)}>{ago(c.created_at)}</span>
                {secret !== undefined && secret !== '***' && <><Button look="quiet" small icon="eye" aria-pressed={seen === c.id} aria-label={seen === c.id ? common.hide : common.show} onClick={() => setSeen(seen === c.id ? undefined : c.id)} /><Copy text={secret} /></>}
                {may && <><Button look="quiet" small icon="edit" aria-label={`${common.edit}: ${label(c)}`} onClick={() => show({ kind, id: c.id })} /><Button look="quiet" small icon="trash" aria-label={`${common.remove}: ${label(c)}`} onClick={() => show({ kind, gone: c })} /></>}
              </li>
            )
          })}
        </ul>
      )}
    </Panel>
  )
}
