import { go } from '../../app/router'
import { time, useTexts } from '../../i18n'
import { useCommon, useKinds } from '../../i18n/common'
import { Badge } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Sheet } from '../../ui/Sheet'
import { nameOf } from '../history/summary'
import { en } from './en'
import { kindOf, tones, type Happening } from './events'
import { zh } from './zh'

const most = 20

/** All that is known of an event: a row has no room for it. */
export function Detail({ h, word, close }: { h: Happening; word: string; close: () => void }) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const kind = useKinds()
  const open = () => {
    close()
    go(`/history?open=${h.revision}`)
  }
  return (
    <Sheet title={<Badge tone={tones[kindOf(h)]}>{word}</Badge>} close={close}
      foot={<>{h.revision !== undefined && <Button icon="history" onClick={open}>{t.toRevision}</Button>}<Button onClick={close}>{common.close}</Button></>}>
      <dl className="facts">
        <dt>{t.at}</dt><dd>{time(h.time)}</dd>
        <dt>{t.who}</dt><dd>{h.who === 'gateway' && !h.from ? t.gateway : h.who || t.nobody}</dd>
        <dt>{t.from}</dt><dd className="mono">{h.from || '–'}</dd>
        {h.about && <><dt>{t.about}</dt><dd>{h.about}</dd></>}
        {h.changes.slice(0, most).map(c => <Fact key={c.kind + c.id} name={common.diff[c.action]} value={`${kind(c.kind)} ${nameOf(c)}`} />)}
        {h.changes.length > most && <Fact name="" value={common.diff.many(h.changes.length - most)} />}
        <dt>{t.why}</dt><dd>{h.why || '–'}</dd>
      </dl>
    </Sheet>
  )
}

const Fact = ({ name, value }: { name: string; value: string }) => <><dt>{name}</dt><dd>{value}</dd></>
