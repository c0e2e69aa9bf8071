import { useEffect, useRef } from 'react'
import { away } from './client'
import { resume, session } from './session'

export type Events = Record<string, (data: any, id: string) => void>

const first = 1000
const longest = 15_000

/**
 * openStream follows server-sent events until the function that it returns is called. A stream
 * that breaks is opened again, after a while that grows. A page that nobody sees follows nothing.
 */
export function openStream(path: string, events: Events, state?: (open: boolean) => void): () => void {
  let source: EventSource | undefined
  let last = ''
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
    // The browser says where it was when it tries again by itself; here we must.
    const s = source = new EventSource(last ? `${path}${path.includes('?') ? '&' : '?'}last_event_id=${encodeURIComponent(last)}` : path)
    s.onopen = () => { wait = first; state?.(true) }
    s.onerror = () => {
      state?.(false)
      void resume() // perhaps the session has ended, or the gateway is away
      if (s.readyState !== EventSource.CLOSED) return // the browser tries again by itself
      close()
      timer = window.setTimeout(open, wait)
      wait = Math.min(longest, wait * 2)
    }
    for (const [name, f] of Object.entries(events)) {
      s.addEventListener(name, e => {
        const m = e as MessageEvent<string>
        last = m.lastEventId
        f(JSON.parse(m.data), last)
      })
    }
  }
  const seen = () => { if (document.hidden) close(); else if (!source) open() }
  const back = away.follow(() => { if (!away.get() && source?.readyState !== EventSource.OPEN) open() })
  const ended = session.follow(() => { if (session.get() === null) close() })
  document.addEventListener('visibilitychange', seen)
  open()
  return () => {
    document.removeEventListener('visibilitychange', seen)
    back()
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
