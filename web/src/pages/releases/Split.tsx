import { useEffect, useState } from 'react'
import { patch } from '../../api/client'
import { number, useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { explain, Panel, Slider } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { toast } from '../../ui/Toasts'
import { en } from './en'
import { sum, type Moment } from './history'
import { Bar } from './Releases'
import { open, shareOf, type Release } from './types'
import { zh } from './zh'

/** The percentage, to be moved, over what the traffic really does. */
export function Split({ r, history, may }: { r: Release; history: Moment[]; may: boolean }) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const [mine, setMine] = useState<number>()
  const [busy, setBusy] = useState(false)
  const now = shareOf(r)
  useEffect(() => setMine(undefined), [now])
  const a = sum(history, 'baseline'), b = sum(history, 'candidate')
  const all = a.requests + b.requests
  const actual = all ? 100 * b.requests / all : 0
  const apply = async () => {
    if (mine === undefined) return
    setBusy(true)
    try {
      await patch(`/releases/${r.id}`, { percentage: mine })
      toast(t.applied(number(mine, 2)))
    } catch (e) {
      toast(explain(e, common), 'bad')
      setMine(undefined)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Panel title={t.split}>
      <form className="split" onSubmit={e => { e.preventDefault(); void apply() }}>
        <Slider value={mine ?? now} change={setMine} step={0.5} unit="%" label={t.percentage} disabled={!may || !open(r) || busy} />
        {may && open(r) && <Button look="main" type="submit" disabled={busy || mine === undefined || mine === now}>{common.apply}</Button>}
      </form>
      <p className="dim small">{t.moves}</p>
      <div className="actual">
        <Bar share={actual} />
        <span className="small" role="status">{all ? t.actual(number(actual, 1)) : t.noTraffic}</span>
      </div>
    </Panel>
  )
}
