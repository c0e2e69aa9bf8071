import { useCallback, useEffect, useState } from 'react'
import { ApiError, away, get } from './client'

export type Loaded<T> = { data?: T; error?: ApiError; again: () => void }

/** whenBack calls f when the gateway answers again. */
export const whenBack = (f: () => void) => away.follow(() => { if (!away.get()) f() })

const fixed = new Map<string, unknown>()

/** useGet reads a path when a page is opened, and again when it is told to. '' reads nothing. */
export function useGet<T>(path: string): Loaded<T> {
  const [state, setState] = useState<{ path: string; data?: T; error?: ApiError }>({ path })
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    if (!path) return
    const end = new AbortController()
    get<T>(path, undefined, end.signal)
      .then(data => setState({ path, data }), error => { if (!end.signal.aborted) setState(s => ({ path, data: s.path === path ? s.data : undefined, error })) })
    return () => end.abort()
  }, [path, turn])
  const again = useCallback(() => setTurn(n => n + 1), [])
  const lost = state.error?.status === 0
  useEffect(() => lost ? whenBack(again) : undefined, [lost, again])
  return { ...(state.path === path ? state : {}), again }
}

/** useFixed is for what stays as it is while the gateway runs: schemas. */
export function useFixed<T>(path: string): Loaded<T> {
  const known = fixed.get(path) as T | undefined
  const l = useGet<T>(known === undefined ? path : '')
  if (l.data !== undefined) fixed.set(path, l.data)
  return { ...l, data: known ?? l.data }
}
