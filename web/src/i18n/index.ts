import { Store, useStore } from '../api/store'

export type Language = 'en' | 'zh'

/**
 * Texts are objects whose values are texts, or functions that make one. English says which keys
 * there are; Alike makes TypeScript hold the other languages to them.
 */
export type Alike<T> = { [K in keyof T]: T[K] extends string ? string : T[K] extends (...a: infer A) => string ? (...a: A) => string : Alike<T[K]> }

const stored = 'moongate.language'

export const language = new Store<Language>(chosen() ?? preferred())

export function chosen(): Language | undefined {
  const s = localStorage.getItem(stored)
  return s === 'en' || s === 'zh' ? s : undefined
}

/** setLanguage keeps a choice; none is the browser's. */
export function setLanguage(l: Language | undefined) {
  if (l) localStorage.setItem(stored, l)
  else localStorage.removeItem(stored)
  language.set(l ?? preferred())
}

function preferred(): Language {
  for (const l of navigator.languages ?? [navigator.language]) {
    if (l.toLowerCase().startsWith('zh')) return 'zh'
    if (l.toLowerCase().startsWith('en')) return 'en'
  }
  return 'en'
}

/** useTexts gives the texts of a page in the language that is read. */
export function useTexts<T>(texts: { en: T; zh: Alike<T> }): T {
  return texts[useStore(language)] as T
}

const tag = () => language.get() === 'zh' ? 'zh-CN' : 'en-GB'

/** number writes a count: 12,345. */
export const number = (n: number, digits = 0) => n.toLocaleString(tag(), { maximumFractionDigits: digits, minimumFractionDigits: 0 })

/** short writes a rate or a size in few letters: 1.2k. */
export function short(n: number): string {
  if (n === 0) return '0'
  const a = Math.abs(n)
  for (const [unit, size] of [['G', 1e9], ['M', 1e6], ['k', 1e3]] as const) if (a >= size) return trim(n / size) + unit
  return trim(n)
}

/** bytes writes an amount: 1.2 MiB. */
export function bytes(n: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let i = 0
  while (Math.abs(n) >= 1024 && i < units.length - 1) { n /= 1024; i++ }
  return `${i === 0 ? n.toFixed(0) : trim(n)} ${units[i]}`
}

function trim(n: number): string {
  const a = Math.abs(n)
  return a >= 100 ? n.toFixed(0) : a >= 10 ? strip(n.toFixed(1)) : strip(n.toFixed(2))
}

const strip = (s: string) => s.includes('.') ? s.replace(/\.?0+$/, '') : s

/** time writes a moment, of seconds since 1970 or of a text: 2026-11-30 14:05:09. */
export function time(t: number | string | undefined): string {
  if (t === undefined || t === 0 || t === '') return '–'
  const d = new Date(typeof t === 'number' ? t * 1000 : t)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]]

/** ago writes how long it is since: 3 minutes ago. */
export function ago(t: number | string | undefined): string {
  if (!t) return '–'
  const s = (typeof t === 'number' ? t * 1000 : Date.parse(t)) / 1000 - Date.now() / 1000
  const f = new Intl.RelativeTimeFormat(tag(), { numeric: 'auto', style: 'short' })
  for (const [unit, size] of steps) if (Math.abs(s) >= size || unit === 'second') return f.format(Math.trunc(s / size), unit)
  return ''
}

/** seconds writes how long something lasts: 3.5 s, 12 min, 2 h. */
export function seconds(s: number): string {
  const [unit, size] = s < 120 ? ['second', 1] as const : s < 7200 ? ['minute', 60] as const : s < 172_800 ? ['hour', 3600] as const : ['day', 86_400] as const
  return new Intl.NumberFormat(tag(), { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }).format(s / size)
}

/** latency writes how long answers took, – if there were no requests. A worker reads the clock once for all that is ready: what it answers at once took 0 by it, and what is less than a millisecond is not known well. */
export const latency = (ms: number, requests = 1) => !requests ? '–' : ms < 1 ? '< 1 ms' : milliseconds(ms)

/** milliseconds writes a duration: 840 µs, 12.3 ms, 1.2 s. */
export function milliseconds(ms: number): string {
  if (!ms) return '0'
  if (ms < 1) return `${(ms * 1000).toFixed(0)} µs`
  return ms >= 1000 ? `${trim(ms / 1000)} s` : `${trim(ms)} ms`
}
