import { useState } from 'react'
import { post } from '../../api/client'
import { useEntities } from '../../api/entities'
import { useMay } from '../../api/session'
import { go, link } from '../../app/router'
import { useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Badge, Bones, Empty, explain, Failed, Note, Page, Panel } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Editor } from '../../ui/Editor'
import { Confirm, Removal } from '../../ui/Removal'
import { toast } from '../../ui/Toasts'
import { en } from './en'
import { Form } from './Form'
import { useVariants } from './history'
import { useNames } from './names'
import { Guarded, Ramp } from './Ramp'
import { Split } from './Split'
import { open, tones, type Release } from './types'
import { Versions } from './Versions'
import { Who } from './Who'
import { zh } from './zh'

/** One release: who gets the candidate, how both versions do, and what to do about it. */
export function Board({ id }: { id: string }) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const list = useEntities<Release>('releases')
  const names = useNames()
  const history = useVariants(id)
  const may = useMay('operator')
  const [shown, show] = useState<'settings' | 'gone' | 'promote' | 'abort'>()
  const r = list.byId.get(id) ?? list.rows.find(x => x.name === id)

  if (list.state === 'failed') return <Page title={t.title}><Failed error={list.error} /></Page>
  if (list.state === 'loading') return <Page title={t.title}><Bones lines={8} /></Page>
  if (!r) return <Page title={t.title}><Empty icon="release" title={t.missing} action={<Button onClick={() => go('/releases')}>{t.all}</Button>} /></Page>

  const close = () => show(undefined)
  const act = async (what: 'pause' | 'resume', said: string) => {
    try {
      await post(`/releases/${r.id}/${what}`)
      toast(said)
    } catch (e) {
      toast(explain(e, common), 'bad')
    }
  }
  const acts = may && (
    <>
      <Button icon="settings" onClick={() => show('settings')}>{t.settings}</Button>
      <Button icon="trash" aria-label={common.remove} onClick={() => show('gone')} />
      {r.state === 'running' && <Button icon="pause" onClick={() => void act('pause', t.paused)}>{t.pause}</Button>}
      {r.state === 'paused' && <Button icon="play" onClick={() => void act('resume', t.resumed)}>{t.resume}</Button>}
      {open(r) && <Button look="danger" onClick={() => show('abort')}>{t.abort}</Button>}
      {r.state !== 'promoted' && <Button look="main" icon="check" onClick={() => show('promote')}>{t.promote}</Button>}
    </>
  )
  return (
    <Page title={r.name} of={t.title} acts={acts}
      sub={<span className="line"><Badge tone={tones[r.state]} dot>{t.states[r.state]}</Badge><a {...link('/releases')}>{t.all}</a></span>}>
      {r.reason && <Note tone={r.state === 'rolled_back' ? 'bad' : 'info'}><b>{t.reason}:</b> {r.reason}</Note>}
      <dl className="traits">
        <div><dt>{t.of}</dt><dd><a {...names.to(r)}>{names.scope(r)}</a></dd></div>
        <div><dt>{t.baseline}</dt><dd>{names.text(r.baseline)}</dd></div>
        <div><dt>{t.candidate}</dt><dd>{names.text(r.candidate)}</dd></div>
      </dl>
      <Split r={r} history={history} may={may} />
      <Versions r={r} history={history} />
      <div className="panels">
        <Panel title={t.who} acts={<a className="small" {...link(`/explain?release=${r.id}`)}>{t.explainLink}</a>}><Who r={r} may={may} /></Panel>
        <Panel title={t.ramp}><Ramp r={r} /></Panel>
        <Panel title={t.guard}><Guarded r={r} history={history} /></Panel>
      </div>
      {shown === 'settings' && <Editor kind="releases" id={r.id} title={t.edit(r.name)} body={p => <Form {...p} />} said={t.changed} close={close} />}
      {shown === 'gone' && <Removal kind="releases" id={r.id} name={t.what(r.name)} said={t.removed(r.name)} close={close} />}
      {shown === 'promote' && <Confirm title={t.promoteTitle(r.name)} action={t.promote} write={{ method: 'POST', path: `/releases/${r.id}/promote`, body: {} }} close={close} said={t.promotedSaid} />}
      {shown === 'abort' && <Confirm title={t.abortTitle(r.name)} action={t.abort} danger write={{ method: 'POST', path: `/releases/${r.id}/abort`, body: {} }} close={close} said={t.abortedSaid} />}
    </Page>
  )
}
