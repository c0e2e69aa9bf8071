import { useEffect, useRef } from 'react'
import { session } from './session'

export type Events = Record<string, (data: any, id: string) => void>

const first = 1000
const longest = 15_000

/**
 * openStream follows server-sent events until the function that it returns is called. A stream
 * that breaks is opened again, after a while that grows. A page that nobody sees follows nothing.
 */
export function openStream(path: string, events: Events, state?: (open: boolean) => void): () => void {
  let source: EventSource | undefined
  let timer = 0
  let wait = first
  const close = () => {
    clearTimeout(timer)
    source?.close()
    source = undefined
  }
  const open = () => {
    close()
    if (document.hidden) return
    const s = source = new EventSource(path)
    s.onopen = () => { wait = first; state?.(true) }
    s.onerror = () => {
      state?.(false)
      if (s.readyState !== EventSource.CLOSED) return // the browser tries again by itself
      close()
      timer = window.setTimeout(open, wait)
      wait = Math.min(longest, wait * 2)
    }
    for (const [name, f] of Object.entries(events)) {
      s.addEventListener(name, e => f(JSON.parse((e as MessageEvent<string>).data), (e as MessageEvent).lastEventId))
    }
  }
  const seen = () => { if (document.hidden) close(); else if (!source) open() }
  const ended = session.follow(() => { if (session.get() === null) close() })
  document.addEventListener('visibilitychange', seen)
  open()
  return () => {
    document.removeEventListener('visibilitychange', seen)
    ended()
    close()
  }
}

/** useStream follows a stream as long as the component is there; path '' is none. */
export function useStream(path: string, events: Events, state?: (open: boolean) => void) {
  const now = useRef({ events, state })
  now.current = { events, state }
  const names = Object.keys(events).join()
  useEffect(() => {
    if (!path) return
    const each: Events = {}
    for (const name of names.split(',')) each[name] = (d, id) => now.current.events[name]?.(d, id)
    return openStream(path, each, open => now.current.state?.(open))
  }, [path, names])
}
