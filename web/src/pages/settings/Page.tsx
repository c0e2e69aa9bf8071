import { useSession } from '../../api/session'
import { useStore } from '../../api/store'
import { useGet } from '../../api/use'
import { density, theme } from '../../app/theme'
import { ago, chosen, language, number, setLanguage, time, useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Badge, Bones, Failed, Page, Panel, Segments } from '../../ui/bits'
import { Labelled } from '../../ui/form/Fields'
import { OwnPassword } from '../users/Own'
import { en } from './en'
import './settings.css'
import { zh } from './zh'

type Listen = { listener: string }
type Root = {
  hostname: string
  configuration: { proxy_listeners: Listen[]; admin_listeners: Listen[] }
  moongate: { version: string; nginx: string; go: string; store: string; started: string; revision: number }
}

export default function Settings() {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const s = useSession()
  useStore(language)
  const now = { theme: useStore(theme), density: useStore(density) }
  return (
    <Page title={t.title}>
      <div className="panels">
        <Panel title={t.look}>
          <div className="fields">
            <Labelled label={common.language} group>{() => <Segments label={common.language} value={chosen() ?? 'auto'} change={v => setLanguage(v === 'auto' ? undefined : v)} options={[{ value: 'auto', text: t.browser }, { value: 'en', text: 'English' }, { value: 'zh', text: '中文' }]} />}</Labelled>
            <Labelled label={common.theme} group>{() => <Segments label={common.theme} value={now.theme} change={v => theme.set(v)} options={[{ value: 'auto', text: common.auto }, { value: 'light', text: common.light }, { value: 'dark', text: common.dark }]} />}</Labelled>
            <Labelled label={t.density} group>{() => <Segments label={t.density} value={now.density} change={v => density.set(v)} options={[{ value: 'compact', text: t.compact }, { value: 'comfortable', text: t.comfortable }]} />}</Labelled>
            <p className="dim small">{t.lookNote}</p>
          </div>
        </Panel>
        <About />
        <Panel title={t.keys}>
          <dl className="facts">{t.keyList.map(([key, what]) => <div className="pairs" key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}</dl>
        </Panel>
        <Panel title={t.tools}>
          <div className="stack">
            <p className="dim">{t.toolsNote}</p>
            <ul className="stack tight"><li><a href="/openapi.json">{t.openapi}</a></li><li><a href="/metrics">{t.metrics}</a></li><li><a href="/config">{t.config}</a></li></ul>
            <div className="line"><span className="dim">{t.you}</span><b>{s.name}</b><Badge tone="info">{common.roles[s.role]}</Badge></div>
            <OwnPassword />
          </div>
        </Panel>
      </div>
    </Page>
  )
}

function About() {
  const t = useTexts({ en, zh })
  const root = useGet<Root>('/')
  const m = root.data?.moongate
  return (
    <Panel title={t.about}>
      {root.error ? <Failed error={root.error} again={root.again} /> : !m ? <Bones /> : (
        <dl className="facts">
          <dt>{t.version}</dt><dd>{m.version} <span className="dim">{m.go}</span></dd>
          <dt>{t.behaves}</dt><dd>{m.nginx}</dd>
          <dt>{t.node}</dt><dd>{root.data!.hostname}</dd>
          <dt>{t.store}</dt><dd>{m.store}</dd>
          <dt>{t.started}</dt><dd title={time(m.started)}>{ago(m.started)}</dd>
          <dt>{t.revision}</dt><dd>{number(m.revision)}</dd>
          <dt>{t.proxy}</dt><dd className="mono">{root.data!.configuration.proxy_listeners.map(l => l.listener).join(', ') || '–'}</dd>
          <dt>{t.admin}</dt><dd className="mono">{root.data!.configuration.admin_listeners.map(l => l.listener).join(', ') || '–'}</dd>
        </dl>
      )}
    </Panel>
  )
}
