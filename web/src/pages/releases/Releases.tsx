import { useMemo } from 'react'
import { useLive } from '../../api/live'
import { go, useArgument } from '../../app/router'
import { number, short, useTexts } from '../../i18n'
import { Badge } from '../../ui/bits'
import { EntityPage } from '../../ui/EntityPage'
import type { Column } from '../../ui/table/Table'
import { en } from './en'
import { Form, usualGuard } from './Form'
import { useNames } from './names'
import { open, shareOf, tones, type Release } from './types'
import { zh } from './zh'

/** All releases, with what of the traffic goes to the candidate. */
export function Releases() {
  const t = useTexts({ en, zh })
  const names = useNames()
  const { now } = useLive()
  const [service] = useArgument('service')
  const [upstream] = useArgument('upstream')
  const initial = useMemo(() => ({ ...(upstream ? { upstream: { id: upstream } } : { service: { id: service } }), guard: usualGuard }), [service, upstream])
  const rates = useMemo(() => new Map(now?.releases.map(r => [r.id, r.variants.find(v => v.name === 'candidate')?.requests_per_second ?? 0])), [now])
  const columns = useMemo((): Column<Release>[] => [
    { key: 'name', title: t.name, width: 'minmax(100px, 1fr)', value: r => r.name, cell: r => <b className="cut">{r.name}</b> },
    { key: 'state', title: t.state, width: '112px', value: r => r.state, cell: r => <Badge tone={tones[r.state]} dot>{t.states[r.state]}</Badge> },
    { key: 'of', title: t.of, width: 'minmax(150px, 1.4fr)', wide: true, value: names.scope, cell: r => <span className="cut" title={names.scope(r)}>{names.scope(r)}</span> },
    { key: 'candidate', title: t.candidate, width: 'minmax(150px, 1.4fr)', wide: true, value: r => names.text(r.candidate), cell: r => <span className="cut" title={names.text(r.candidate)}>{names.text(r.candidate)}</span> },
    { key: 'share', title: t.share, width: 'minmax(96px, 0.8fr)', value: shareOf, text: () => '', cell: r => <><Bar share={shareOf(r)} quiet={!open(r)} /><span className="num">{number(shareOf(r), 1)}%</span></> },
    { key: 'rate', title: `${t.requests}${t.perSecond}`, width: '96px', wide: true, end: true, value: r => rates.get(r.id) ?? 0, text: () => '', cell: r => rates.get(r.id) ? short(rates.get(r.id)!) : <span className="off">0</span> },
  ], [t, names, rates])
  return <EntityPage<Release> kind="releases" texts={t} icon="release" columns={columns} initial={initial} body={p => <Form {...p} />} open={r => go(`/releases/${r.id}`)} made={r => go(`/releases/${r.id}`)} />
}

/** How much of the traffic goes to the candidate. */
export function Bar({ share, quiet }: { share: number; quiet?: boolean }) {
  return <span className={`share-bar ${quiet ? 'quiet' : ''}`} aria-hidden="true"><i style={{ width: `${Math.min(100, Math.max(0, share))}%` }} /></span>
}
