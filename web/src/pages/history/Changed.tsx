import type { Act, Change } from '../../api/types'
import { useTexts } from '../../i18n'
import { useCommon, useKinds } from '../../i18n/common'
import { en } from './en'
import { nameOf, summary } from './summary'
import { zh } from './zh'

const signs = [['create', '+', 'good'], ['update', '~', 'info'], ['delete', '−', 'bad']] as const

/** What a revision changed, in one line. */
export function Changed({ changes, acts }: { changes: Change[]; acts?: Act[] }) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const kind = useKinds()
  const s = summary(changes, acts)
  // One that has a name tells more than one that comes first.
  const first = changes.find(c => nameOf(c) !== c.id.slice(0, 8)) ?? changes[0]
  return (
    <span className="line changed">
      {signs.map(([action, sign, tone]) => s[action] > 0 && (
        <span key={action} className={`count-of ${tone}`} title={`${common.diff[action]}: ${s[action]}`}><span aria-hidden="true">{sign}{s[action]}</span><span className="aside">{common.diff[action]}: {s[action]}</span></span>
      ))}
      {first && <span className="cut"><span className="dim">{kind(first.kind)}</span> {nameOf(first)}{changes.length > 1 && <span className="dim"> · {t.plus(changes.length - 1)}</span>}</span>}
      {!first && acts?.[0] && <span className="cut"><span className="dim">{kind(acts[0].kind)}</span> {acts[0].name}</span>}
    </span>
  )
}
