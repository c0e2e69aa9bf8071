import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { part, patch, put } from '../../api/client'
import { useMay } from '../../api/session'
import type { Target, Upstream } from '../../api/types'
import { latency, number, short, useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { explain, Slider } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Menu } from '../../ui/Menu'
import { Confirm } from '../../ui/Removal'
import { Table, useNarrow, type Column } from '../../ui/table/Table'
import { toast } from '../../ui/Toasts'
import { en } from './en'
import { HealthBadge, useHealth, useTargets } from './health'
import { zh } from './zh'

// What a target weighed before it was drained here.
const before = new Map<string, number>()
const usual = 100

type Props = { upstream: Upstream; rows: Target[]; edit: (t: Target) => void; remove: (t: Target) => void; empty: ReactNode }

/** An upstream's targets; weight and drain act at once. */
export function Targets({ upstream, rows, edit, remove, empty }: Props) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const may = useMay('operator')
  const live = useTargets()
  const { health, again } = useHealth(upstream.id, rows)
  const small = useNarrow()
  const [last, setLast] = useState<Target>()
  const total = rows.reduce((n, x) => n + x.weight, 0)
  const most = Math.max(200, ...rows.map(x => x.weight))

  const columns = useMemo((): Column<Target>[] => {
    const path = (x: Target) => `/upstreams/${upstream.id}/targets/${part(x.id)}`
    const weigh = async (x: Target, weight: number, said: string) => {
      try {
        await patch(path(x), { weight })
        toast(said)
      } catch (e) {
        toast(explain(e, common), 'bad')
      }
    }
    const drain = (x: Target) => {
      before.set(x.id, x.weight)
      if (x.weight === total) setLast(x)
      else void weigh(x, 0, t.drained(x.target))
    }
    const mark = async (x: Target, as: 'healthy' | 'unhealthy') => {
      try {
        await put(`${path(x)}/${as}`)
        toast(t.marked(x.target))
        setTimeout(again, 300)
      } catch (e) {
        toast(explain(e, common), 'bad')
      }
    }
    const now = (x: Target) => live.get(`${upstream.name} ${x.target}`) ?? live.get(`${upstream.id} ${x.target}`)
    const state = (x: Target) => now(x)?.health ?? health.get(x.id)
    const figure = (key: string, title: string, width: string, value: (x: Target) => number | undefined, show: (n: number) => string): Column<Target> =>
      ({ key, title, width, wide: true, end: true, value, text: () => '', cell: x => { const n = value(x); return n === undefined ? <span className="off">–</span> : n ? show(n) : <span className="off">0</span> } })
    return [
      { key: 'target', title: t.target, width: 'minmax(130px, 1.6fr)', value: x => x.target, cell: x => <span className="mono cut" title={x.target}>{x.target}</span> },
      { key: 'health', title: t.health, width: small ? '112px' : '128px', value: state, text: () => '', cell: x => <HealthBadge health={state(x)} draining={x.weight === 0} /> },
      { key: 'version', title: t.version, width: '84px', wide: true, value: x => x.version, cell: x => x.version || <span className="off">–</span> },
      ...(small ? [] : [{
        key: 'weight', title: t.weight, width: 'minmax(190px, 1.6fr)', value: (x: Target) => x.weight, text: () => '',
        cell: (x: Target) => <Weight value={x.weight} most={most} label={t.weightOf(x.target)} disabled={!may} change={w => void weigh(x, w, t.weighed(x.target, w))} />,
      }]),
      { key: 'share', title: t.share, width: '64px', end: true, value: x => x.weight, text: () => '', cell: x => total ? `${number(100 * x.weight / total, 1)}%` : '–' },
      figure('rate', t.rate, '72px', x => now(x)?.requests_per_second, short),
      { ...figure('p95', t.p95, '76px', x => now(x)?.p95_ms, String), cell: x => now(x)?.requests_per_second ? latency(now(x)!.p95_ms) : <span className="off">–</span> },
      figure('errors', t.errors, '64px', x => now(x)?.errors_per_second, short),
      figure('connections', t.connections, '68px', x => now(x)?.connections, number),
      ...(may ? [{
        key: 'acts', title: '', width: small ? '44px' : '128px', end: true,
        cell: (x: Target) => (
          <>
            {!small && (x.weight === 0
              ? <Button small icon="play" onClick={e => { e.stopPropagation(); void weigh(x, before.get(x.id) ?? usual, t.undrained(x.target)) }} aria-label={`${t.undrain}: ${x.target}`} />
              : <Button small icon="drain" onClick={e => { e.stopPropagation(); drain(x) }} aria-label={`${t.drain}: ${x.target}`}>{t.drain}</Button>)}
            <Menu label={`${common.actions}: ${x.target}`} acts={[
              x.weight === 0 ? { text: t.undrain, icon: 'play', run: () => void weigh(x, before.get(x.id) ?? usual, t.undrained(x.target)) } : { text: t.drain, icon: 'drain', run: () => drain(x) },
              { text: t.markHealthy, icon: 'check', run: () => void mark(x, 'healthy') },
              { text: t.markUnhealthy, icon: 'warn', run: () => void mark(x, 'unhealthy') },
              { text: common.edit, icon: 'edit', run: () => edit(x) },
              { text: common.remove, icon: 'trash', danger: true, run: () => remove(x) },
            ]} />
          </>
        ),
      } satisfies Column<Target>] : []),
    ]
  }, [t, common, may, live, health, again, small, upstream, total, most, edit, remove])

  return (
    <>
      <Table label={t.targets} rows={rows} columns={columns} id={x => x.id} open={may ? edit : undefined} sort={{ key: 'target', down: false }} filter={rows.length > 8} empty={empty} />
      {last && <Confirm title={t.lastTitle(last.target)} note={t.lastNote} action={t.drain} danger said={t.drained(last.target)} close={() => setLast(undefined)}
        write={{ method: 'PATCH', path: `/upstreams/${upstream.id}/targets/${part(last.id)}`, body: { weight: 0 } }} />}
    </>
  )
}

/** A slider that tells its value when one has let go of it, or typed no more for a while. */
function Weight({ value, most, label, disabled, change }: { value: number; most: number; label: string; disabled: boolean; change: (w: number) => void }) {
  const [mine, setMine] = useState<number>()
  const timer = useRef(0)
  useEffect(() => setMine(undefined), [value])
  useEffect(() => () => clearTimeout(timer.current), [])
  const set = (w: number) => {
    setMine(w)
    clearTimeout(timer.current)
    timer.current = window.setTimeout(() => { if (w !== value) change(w) }, 600)
  }
  return <span className="grow" onClick={e => e.stopPropagation()}><Slider value={mine ?? value} change={w => set(Math.round(w))} max={most} label={label} disabled={disabled} /></span>
}
