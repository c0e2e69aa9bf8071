import { useCallback, useMemo, useState } from 'react'
import { usePaged } from '../../api/paged'
import { useEvents } from '../../api/events'
import { go, link, useArgument } from '../../app/router'
import { ago, number, time, useTexts } from '../../i18n'
import { useKinds } from '../../i18n/common'
import { Badge, Bones, Empty, Failed, Page } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Table, type Column } from '../../ui/table/Table'
import { Changed } from '../history/Changed'
import '../history/history.css'
import { More } from '../history/More'
import { Detail } from './Detail'
import { en } from './en'
import { eventOf, keyOf, kindOf, kinds, people, tones, type Happening, type Kind } from './events'
import { zh } from './zh'

/** Who did what when. ?who= and ?kind= leave some of it. */
export default function Audit() {
  const t = useTexts({ en, zh })
  const word = useKinds()
  const [who, setWho] = useArgument('who')
  const [kind, setKind] = useArgument('kind')
  const wanted = useCallback((h: Happening) => !kind || kindOf(h) === kind, [kind])
  const list = usePaged<Happening>(`/audit?size=100${who && `&who=${encodeURIComponent(who)}`}`, wanted)
  useEvents({ revision: list.again, reset: list.again })

  const [shown, show] = useState<Happening>()
  const event = useCallback((h: Happening) => (t.events as Record<string, string>)[eventOf(h)] ?? eventOf(h), [t])
  const rows = useMemo(() => list.rows.filter(wanted), [list.rows, wanted])
  const everybody = useMemo(() => people(list.rows, who), [list.rows, who])
  const columns = useMemo((): Column<Happening>[] => [
    { key: 'when', title: t.when, width: 'minmax(92px, 116px)', value: h => h.time, text: () => '', cell: h => <span className="cut" title={time(h.time)}>{ago(h.time)}</span> },
    { key: 'who', title: t.who, width: 'minmax(80px, 0.7fr)', value: h => h.who, cell: h => !h.who ? <span className="dim cut">{t.nobody}</span> : h.who === 'gateway' && !h.from ? <span className="dim cut">{t.gateway}</span> : <b className="cut">{h.who}</b> },
    { key: 'event', title: t.event, width: 'minmax(124px, 144px)', value: event, cell: h => <Badge tone={tones[kindOf(h)]}>{event(h)}</Badge> },
    {
      key: 'about', title: t.about, width: 'minmax(150px, 1.3fr)', wide: true, text: h => `${h.about ?? ''} ${h.changes.map(c => `${c.kind} ${word(c.kind)} ${c.name ?? ''} ${c.id}`).join(' ')} ${h.revision ?? ''}`,
      cell: h => h.revision !== undefined ? <Changed changes={h.changes} acts={h.acts} /> : h.about || <span className="dim">–</span>,
    },
    { key: 'why', title: t.why, width: 'minmax(120px, 1.6fr)', wide: true, value: h => h.why, cell: h => h.why },
    { key: 'from', title: t.from, width: 'minmax(96px, 130px)', wide: true, value: h => h.from, cell: h => <span className="mono dim cut">{h.from || '–'}</span> },
    { key: 'revision', title: '', width: '110px', end: true, wide: true, cell: h => h.revision !== undefined && <a className="small cut" {...link(`/history?open=${h.revision}`)}>{t.revision(number(h.revision))}</a> },
  ], [t, word, event])

  const tools = (
    <>
      <select className="select narrow" aria-label={t.person} value={who} onChange={e => setWho(e.target.value)}>
        <option value="">{t.anybody}</option>{everybody.map(p => <option key={p}>{p}</option>)}
      </select>
      <select className="select narrow" aria-label={t.kind} value={kind} onChange={e => setKind(e.target.value as Kind)}>
        <option value="">{t.allKinds}</option>{kinds.map(k => <option key={k} value={k}>{t.kinds[k]}</option>)}
      </select>
    </>
  )
  const none = who || kind
    ? <Empty icon="audit" title={t.noneTitle} action={<Button onClick={() => go('/audit', { replace: true })}>{t.clear}</Button>}>{!list.ended && t.none}</Empty>
    : <Empty icon="audit" title={t.emptyTitle}>{t.empty}</Empty>
  return (
    <Page title={t.title} sub={t.sub} acts={<Button icon="refresh" aria-label={t.refresh} onClick={list.again} />} fill>
      {list.state === 'failed' ? <Failed error={list.error} again={list.again} /> : list.state === 'loading' ? <Bones lines={8} /> : (
        <>
          <Table label={t.title} rows={rows} columns={columns} id={keyOf} open={show} tools={tools} empty={none} />
          {(rows.length > 0 || !list.ended) && <More list={list} older={t.older} text={list.ended ? t.all(number(rows.length)) : t.loaded(number(rows.length))} />}
        </>
      )}
      {shown && <Detail h={shown} word={event(shown)} close={() => show(undefined)} />}
    </Page>
  )
}
