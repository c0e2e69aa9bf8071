import { useMemo } from 'react'
import { loaded } from '../../api/entities'
import type { Act, Change } from '../../api/types'
import { useCommon, useKinds } from '../../i18n/common'
import { Badge } from '../bits'
import { titleOf } from '../title'
import { compare, lines } from './lines'

const tones = { create: 'good', update: 'info', delete: 'bad' } as const
const signs = { same: '  ', plus: '+ ', minus: '− ' } as const
const most = 50

const called = (id: string) => {
  const d = loaded(id)
  return d && titleOf(d)
}

/** What a write changes, document by document. */
export function Diffs({ changes, acts }: { changes: Change[]; acts?: Act[] }) {
  const t = useCommon()
  const word = useKinds()
  if (!changes.length && !acts?.length) return <p className="dim">{t.diff.none}</p>
  return (
    <div className="diffs">
      {changes.slice(0, most).map(c => <Diff key={c.kind + c.id} change={c} />)}
      {changes.length > most && <p className="dim">{t.diff.many(changes.length - most)}</p>}
      {acts?.map((a, i) => <section key={i} className="diff"><header><b>{word(a.kind)}</b><code>{called(a.id) || a.id}</code><Badge tone="info">{a.name}</Badge></header></section>)}
    </div>
  )
}

function Diff({ change: c }: { change: Change }) {
  const t = useCommon()
  const kind = useKinds()(c.kind)
  const text = useMemo(() => compare(c.old ? lines(c.old, called) : [], c.new ? lines(c.new, called) : []), [c])
  const doc = c.new ?? c.old
  const title = doc?.name ?? doc?.username ?? doc?.target ?? c.id
  return (
    <section className="diff">
      <header><Badge tone={tones[c.action]}>{t.diff[c.action]}</Badge><b>{kind}</b><span className="cut">{String(title)}</span></header>
      <pre tabIndex={0} aria-label={`${kind} ${String(title)}`}>
        {text.map((l, i) => l.kind === 'gap'
          ? <span key={i} className="gap">{t.diff.hidden(l.count)}</span>
          : <span key={i} className={l.kind}>{signs[l.kind]}{l.text}</span>)}
      </pre>
    </section>
  )
}
