import { useCallback, useEffect, useRef, useState } from 'react'
import { get, type ApiError } from './client'
import { whenBack } from './use'

export type Paged<T> = {
  rows: T[]
  state: 'loading' | 'ready' | 'failed'
  error?: ApiError
  /** More is on its way. */
  busy: boolean
  /** There is nothing older. */
  ended: boolean
  older: () => void
  again: () => void
  /** Puts rows in front that have come meanwhile. */
  add: (rows: T[]) => void
}

type State<T> = Pick<Paged<T>, 'rows' | 'state' | 'error'> & { path: string; next: string }
type Page<T> = { data: T[]; next: string | null }

const enough = 30
const most = 10 // pages at once

/** fill reads pages until there are enough of the wanted rows. */
export async function fill<T>(read: (path: string) => Promise<Page<T>>, next: string, wanted: (row: T) => boolean): Promise<{ rows: T[]; next: string }> {
  const rows: T[] = []
  let found = 0
  for (let n = 0; next && found < enough && n < most; n++) {
    const page = await read(next)
    rows.push(...page.data)
    found += page.data.filter(wanted).length
    next = page.next ?? ''
  }
  return { rows, next }
}

const any = () => true

/** usePaged reads a long list, of which the latest come first, as far back as one asks. wanted tells which rows will be shown, so that there are some. */
export function usePaged<T>(path: string, wanted: (row: T) => boolean = any): Paged<T> {
  const fresh = (): State<T> => ({ path, rows: [], state: 'loading', next: '' })
  const [s, set] = useState(fresh)
  const [busy, setBusy] = useState(false)
  const [turn, setTurn] = useState(0)
  const now = useRef(s)
  now.current = s
  const want = useRef(wanted)
  want.current = wanted

  useEffect(() => {
    const end = new AbortController()
    set(was => was.path === path && was.state === 'ready' ? was : fresh())
    fill<T>(p => get(p, undefined, end.signal), path, want.current).then(
      page => { if (!end.signal.aborted) set({ path, state: 'ready', ...page }) },
      error => { if (!end.signal.aborted) set({ ...fresh(), state: 'failed', error }) },
    )
    return () => end.abort()
  }, [path, turn])

  const older = useCallback(() => {
    const from = now.current
    if (!from.next) return
    setBusy(true)
    fill<T>(p => get(p), from.next, want.current)
      .then(page => set(was => was.path === from.path && was.next === from.next ? { ...was, rows: [...was.rows, ...page.rows], next: page.next } : was),
        error => set(was => was.path === from.path ? { ...was, error } : was))
      .finally(() => setBusy(false))
  }, [])

  // Another filter may leave nothing of what has been read.
  useEffect(() => {
    const at = now.current
    if (at.state === 'ready' && at.rows.filter(wanted).length < enough) older()
  }, [wanted, older])

  const again = useCallback(() => setTurn(n => n + 1), [])
  const lost = s.error?.status === 0
  useEffect(() => lost ? whenBack(again) : undefined, [lost, again])
  const add = useCallback((rows: T[]) => set(was => was.state === 'ready' ? { ...was, rows: [...rows, ...was.rows] } : was), [])
  const shown = s.path === path ? s : fresh()
  return { rows: shown.rows, state: shown.state, error: shown.error, ended: shown.state === 'ready' && !shown.next, busy, older, again, add }
}
