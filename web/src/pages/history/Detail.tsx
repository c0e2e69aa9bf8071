import { useState } from 'react'
import { useMay } from '../../api/session'
import type { Revision } from '../../api/types'
import { useGet } from '../../api/use'
import { number, time, useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Badge, Bones, Failed, Note } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Diffs } from '../../ui/diff/Diff'
import { Confirm } from '../../ui/Removal'
import { Sheet } from '../../ui/Sheet'
import { en } from './en'
import { zh } from './zh'

type Props = { n: number; row?: Revision; latest: number; show: (n: number) => void; close: () => void }

/** One revision: all of what it changed, and the way back to it. */
export function Detail({ n, row, latest, show, close }: Props) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const may = useMay('operator')
  const read = useGet<Revision>(row ? '' : `/revisions/${n}`)
  const [asked, ask] = useState(false)
  const r = row ?? read.data
  const name = number(n)
  const last = n === latest
  const to = last ? n - 1 : n
  const foot = (
    <>
      <Button look="quiet" icon="left" aria-label={t.before} disabled={n <= 1} onClick={() => show(n - 1)} />
      <Button look="quiet" icon="right" aria-label={t.newer} disabled={n >= latest} onClick={() => show(n + 1)} />
      <span className="grow" />
      {may && r && latest > 0 && <Button icon="history" onClick={() => ask(true)}>{last ? t.undo : t.back}</Button>}
      <Button onClick={close}>{common.close}</Button>
    </>
  )
  return (
    <Sheet as="drawer" title={t.revision(name)} head={last && <Badge tone="good" dot>{t.now}</Badge>} close={close} foot={foot}>
      {read.error?.status === 404 ? <Note tone="warn">{t.missing}</Note> : read.error ? <Failed error={read.error} again={read.again} /> : !r ? <Bones lines={6} /> : (
        <>
          <dl className="facts">
            <dt>{t.when}</dt><dd>{time(r.time)}</dd>
            <dt>{t.who}</dt><dd>{r.who === 'gateway' && !r.from ? t.gateway : r.who}{r.from && <span className="dim"> · {r.from}</span>}</dd>
            <dt>{t.why}</dt><dd>{r.why || '–'}</dd>
          </dl>
          <Diffs key={r.number} changes={r.changes} acts={r.acts} />
        </>
      )}
      {asked && (
        <Confirm title={last ? t.undoTitle(name) : t.backTitle(name)} note={last ? t.undoNote(name) : t.backNote(name, latest - n)} action={t.doBack} danger reasoned
          write={{ method: 'POST', path: `/revisions/${to}/rollback`, body: {} }} said={t.done(number(to))} done={close} close={() => ask(false)} />
      )}
    </Sheet>
  )
}
