import { useArgument } from '../../app/router'
import { useTexts } from '../../i18n'
import { useMay } from '../../api/session'
import { Page, panel, Tabs } from '../../ui/bits'
import { Caches } from './Caches'
import { Dicts } from './Dicts'
import { en } from './en'
import { Limits } from './Limits'
import { zh } from './zh'

type Tab = 'dicts' | 'limits' | 'caches'

/** A look into shared memory. */
export default function Inspect() {
  const t = useTexts({ en, zh })
  const [tab, setTab] = useArgument('tab')
  const may = useMay('operator')
  const on: Tab = tab === 'limits' && may || tab === 'caches' ? tab as Tab : 'dicts'
  return (
    <Page title={t.title} sub={t.sub} fill>
      <Tabs<Tab> id="inspect" label={t.which} value={on} change={setTab} tabs={[{ value: 'dicts', text: t.dicts }, ...(may ? [{ value: 'limits' as const, text: t.limits }] : []), { value: 'caches', text: t.caches }]} />
      <div className="grow-column" {...panel('inspect', on)}>{on === 'dicts' ? <Dicts /> : on === 'limits' ? <Limits /> : <Caches />}</div>
    </Page>
  )
}
