import { useCallback, useMemo } from 'react'
import { usePaged } from '../../api/paged'
import { useEvents } from '../../api/events'
import type { Revision } from '../../api/types'
import { useArgument, useOpen } from '../../app/router'
import { ago, number, time, useTexts } from '../../i18n'
import { useCommon, useKinds } from '../../i18n/common'
import { Bones, Empty, Failed, Page } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Table, type Column } from '../../ui/table/Table'
import { Changed } from './Changed'
import { Detail } from './Detail'
import { en } from './en'
import './history.css'
import { More } from './More'
import { follows, nameOf } from './summary'
import { zh } from './zh'

/** All revisions, the latest first. ?open=NUMBER shows one, ?kind= leaves those that changed a kind. */
export default function History() {
  const t = useTexts({ en, zh })
  const words = useCommon().kinds
  const kindName = useKinds()
  const [kind, setKind] = useArgument('kind')
  const [shown, show] = useOpen()
  const wanted = useCallback((r: Revision) => !kind || r.changes.some(c => c.kind === kind), [kind])
  const list = usePaged<Revision>('/revisions?size=50', wanted)
  useEvents({
    revision: (r: Revision) => {
      const how = follows(list.rows, r)
      if (how === 'next') list.add([r])
      else if (how === 'gap') list.again()
    },
    reset: list.again,
  })

  const kinds = useMemo(() => [...new Set([...Object.keys(words), ...list.rows.flatMap(r => r.changes.map(c => c.kind))])], [words, list.rows])
  const rows = useMemo(() => list.rows.filter(wanted), [list.rows, wanted])
  const columns = useMemo((): Column<Revision>[] => [
    { key: 'number', title: t.number, width: '72px', wide: true, value: r => r.number, cell: r => <span className="num dim">{number(r.number)}</span> },
    { key: 'when', title: t.when, width: 'minmax(92px, 116px)', value: r => r.time, text: () => '', cell: r => <span className="cut" title={time(r.time)}>{ago(r.time)}</span> },
    { key: 'who', title: t.who, width: 'minmax(84px, 0.6fr)', value: r => r.who, text: r => `${r.who} ${r.from}`, cell: r => r.who === 'gateway' && !r.from ? <span className="dim cut">{t.gateway}</span> : <b className="cut" title={r.from}>{r.who}</b> },
    { key: 'why', title: t.why, width: 'minmax(120px, 2fr)', value: r => r.why, cell: r => r.why },
    { key: 'what', title: t.what, width: 'minmax(180px, 1.6fr)', wide: true, text: r => r.changes.map(c => `${c.kind} ${kindName(c.kind)} ${nameOf(c)} ${c.id}`).join(' '), cell: r => <Changed changes={r.changes} acts={r.acts} /> },
  ], [t, kindName])

  const n = Number(shown)
  return (
    <Page title={t.title} sub={list.state === 'ready' && t.fresh} fill>
      {list.state === 'failed' ? <Failed error={list.error} again={list.again} /> : list.state === 'loading' ? <Bones lines={8} /> : (
        <>
          <Table label={t.title} rows={rows} columns={columns} id={r => String(r.number)} open={r => show(String(r.number))}
            tools={<select className="select narrow" aria-label={t.kind} value={kind} onChange={e => setKind(e.target.value)}><option value="">{t.allKinds}</option>{kinds.map(k => <option key={k} value={k}>{kindName(k)}</option>)}</select>}
            empty={kind
              ? <Empty icon="history" title={t.noneTitle} action={<Button onClick={() => setKind('')}>{t.clear}</Button>}>{!list.ended && t.none}</Empty>
              : <Empty icon="history" title={t.emptyTitle}>{t.empty}</Empty>} />
          {(rows.length > 0 || !list.ended) && <More list={list} older={t.older} text={list.ended ? t.all(number(rows.length)) : t.loaded(number(rows.length))} />}
        </>
      )}
      {Number.isInteger(n) && n > 0 && <Detail n={n} row={list.rows.find(r => r.number === n)} latest={list.rows[0]?.number ?? 0} show={i => show(String(i))} close={() => show('')} />}
    </Page>
  )
}
