import { useState } from 'react'
import { useEntities } from '../../api/entities'
import { useMay } from '../../api/session'
import type { Plugin } from '../../api/types'
import { useArgument, useOpen } from '../../app/router'
import { useTexts } from '../../i18n'
import { Page, panel, Tabs } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Removal } from '../../ui/Removal'
import { Catalogue } from './Catalogue'
import { en } from './en'
import { PluginEditor } from './PluginEditor'
import './plugins.css'
import { Used } from './Used'
import { zh } from './zh'

export default function Plugins() {
  const t = useTexts({ en, zh })
  const list = useEntities<Plugin>('plugins')
  const [tab, setTab] = useArgument('tab')
  const [open, setOpen] = useOpen()
  const [service] = useArgument('service')
  const [route] = useArgument('route')
  const [consumer] = useArgument('consumer')
  const [adding, setAdding] = useState<string>()
  const [gone, setGone] = useState<Plugin>()
  const may = useMay('operator')
  const now = tab === 'catalogue' ? 'catalogue' : 'used'
  const edited = list.byId.get(open)
  const initial = Object.fromEntries(Object.entries({ service, route, consumer }).filter(([, v]) => v).map(([k, v]) => [k, { id: v }]))
  return (
    <Page title={t.title} fill acts={may && now === 'used' && <Button look="main" icon="plus" onClick={() => setTab('catalogue')}>{t.add}</Button>}>
      <Tabs id="plugins" label={t.tabs} value={now} change={v => setTab(v === 'used' ? '' : v)} tabs={[{ value: 'used', text: t.inUse }, { value: 'catalogue', text: t.catalogue }]} />
      <div {...panel('plugins', now)} className="tab-panel">
        {now === 'used' ? <Used list={list} open={p => setOpen(p.id)} remove={setGone} add={() => setTab('catalogue')} /> : <Catalogue rows={list.rows} add={may ? setAdding : undefined} />}
      </div>
      {adding && <PluginEditor name={adding} initial={initial} close={() => setAdding(undefined)} done={() => setTab('')} />}
      {edited && <PluginEditor key={open} name={edited.name} id={open} close={() => setOpen('')} />}
      {gone && <Removal kind="plugins" id={gone.id} name={t.what(gone.name)} said={t.removed(gone.name)} close={() => setGone(undefined)} />}
    </Page>
  )
}
