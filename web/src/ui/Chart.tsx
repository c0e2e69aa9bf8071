import { useLayoutEffect, useMemo, useRef, useState, type PointerEvent } from 'react'
import { short } from '../i18n'

export type Series = { name: string; points: readonly (number | null | undefined)[]; tone?: 1 | 2 | 3 | 4 | 'good' | 'warn' | 'bad' }

type Props = {
  label: string
  series: Series[]
  /** When each point was, in seconds since 1970. */
  times: readonly number[]
  height?: number
  format?: (n: number) => string
  /** How many points there is room for: those that are not there yet are left free. */
  room?: number
}

const left = 44, below = 18, above = 8
const classes = { 1: 'c1', 2: 'c2', 3: 'c3', 4: 'c4', good: 'good', warn: 'warn', bad: 'bad' }

/** Curves over time. The pointer reads a moment off; a table for those who listen has the last values. */
export function Chart({ label, series, times, height = 150, format = short, room }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(600)
  const [at, setAt] = useState<number>()
  useLayoutEffect(() => {
    const o = new ResizeObserver(() => setWidth(box.current!.clientWidth))
    o.observe(box.current!)
    setWidth(box.current!.clientWidth)
    return () => o.disconnect()
  }, [])
  const n = Math.max(room ?? 0, times.length, 2)
  const free = n - times.length
  const top = useMemo(() => nice(Math.max(0, ...series.flatMap(s => s.points.map(p => p ?? 0)))), [series])
  const x = (i: number) => left + (width - left - 4) * (i + free) / (n - 1)
  const y = (v: number) => above + (height - above - below) * (1 - v / top)
  const point = (e: PointerEvent) => {
    const i = Math.round((e.clientX - box.current!.getBoundingClientRect().left - left) / (width - left - 4) * (n - 1)) - free
    setAt(i >= 0 && i < times.length ? i : undefined)
  }
  const marks = [0, top / 2, top]
  // The axis is as long as there is room, whether or not there are points yet.
  const stamps = times.length ? [-free, Math.round((times.length - 1 - free) / 2), times.length - 1].map(i => ({ i, time: times.at(-1)! - (times.length - 1 - i) })) : []
  return (
    <div className="chart" ref={box} onPointerMove={point} onPointerLeave={() => setAt(undefined)}>
      <svg width={width} height={height} role="img" aria-label={`${label}: ${series.map(s => `${s.name} ${lastOf(s) === undefined ? '–' : format(lastOf(s)!)}`).join(', ')}`}>
        {marks.map(m => <g key={m}><line className="axis" x1={left} x2={width} y1={y(m)} y2={y(m)} /><text x={left - 8} y={y(m) + 4} textAnchor="end">{format(m)}</text></g>)}
        {stamps.map(({ i, time }, k) => <text key={k} x={x(i)} y={height - 3} textAnchor={k === 0 ? 'start' : k === 2 ? 'end' : 'middle'}>{clock(time)}</text>)}
        {series.map((s, k) => <Curve key={s.name} s={s} x={x} y={y} name={classes[s.tone ?? (k % 4 + 1) as 1]} fill={series.length === 1} floor={y(0)} />)}
        {at !== undefined && at < times.length && <line className="cursor" x1={x(at)} x2={x(at)} y1={above} y2={height - below} />}
      </svg>
      {at !== undefined && at < times.length && (
        <div className="tip" style={x(at) > width / 2 ? { right: width - x(at) + 10 } : { left: x(at) + 10 }}>
          <div className="dim">{clock(times[at])}</div>
          {series.map((s, k) => <div key={s.name} className="line spread"><span className={classes[s.tone ?? (k % 4 + 1) as 1] + ' line'}><i className="dot" /><span className="dim">{s.name}</span></span><b>{s.points[at] == null ? '–' : format(s.points[at]!)}</b></div>)}
        </div>
      )}
    </div>
  )
}

function Curve({ s, x, y, name, fill, floor }: { s: Series; x: (i: number) => number; y: (v: number) => number; name: string; fill: boolean; floor: number }) {
  let d = '', pen = false, from = -1, to = -1
  s.points.forEach((p, i) => {
    if (p == null) { pen = false; return }
    d += `${pen ? 'L' : 'M'}${x(i).toFixed(1)} ${y(p).toFixed(1)}`
    pen = true
    if (from < 0) from = i
    to = i
  })
  if (!d) return null
  return (
    <g className={name}>
      {fill && <path className="under" fill="currentColor" d={`${d}L${x(to).toFixed(1)} ${floor}L${x(from).toFixed(1)} ${floor}Z`} />}
      <path className="curve" stroke="currentColor" d={d} />
    </g>
  )
}

/** What the curves are, with their last values. */
export function Legend({ series, format = short }: { series: Series[]; format?: (n: number) => string }) {
  return <ul className="legend">{series.map((s, k) => <li key={s.name}><i className={classes[s.tone ?? (k % 4 + 1) as 1]} /><span>{s.name}</span><b>{lastOf(s) === undefined ? '–' : format(lastOf(s)!)}</b></li>)}</ul>
}

const lastOf = (s: Series) => s.points.findLast(p => p != null) ?? undefined

/** nice is the least number above whose half is round too. */
export function nice(n: number): number {
  if (n <= 0) return 1
  const p = 10 ** Math.floor(Math.log10(n))
  for (const m of [1, 1.5, 2, 3, 4, 5, 6, 8, 10]) if (n <= m * p * 1.0001) return Number((m * p).toPrecision(3))
  return 10 * p
}

function clock(s: number): string {
  const d = new Date(s * 1000)
  return [d.getHours(), d.getMinutes(), d.getSeconds()].map(v => String(v).padStart(2, '0')).join(':')
}
