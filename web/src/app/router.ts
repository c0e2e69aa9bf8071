import { useMemo, type MouseEvent } from 'react'
import { Store, useStore } from '../api/store'

// Paths are below /dashboard; the gateway answers each of them with index.html.
const base = '/dashboard'

export type Place = { path: string; query: URLSearchParams }

function here(): Place {
  const path = location.pathname.slice(base.length)
  return { path: path.startsWith('/') ? path : '/', query: new URLSearchParams(location.search) }
}

const place = new Store<Place>(here())

// The browser goes back when it gets round to it: what shall come then waits for that.
let waiting: (() => void)[] | undefined

function back() {
  waiting = []
  history.back()
}

window.addEventListener('popstate', () => {
  const next = waiting
  waiting = undefined
  place.set(here())
  next?.forEach(f => f())
})

export const usePlace = () => useStore(place)

/** go shows another page: "/routes?service=a". */
export function go(to: string, o: { replace?: boolean; /** What stays with the entry of the browser's history. */ state?: unknown } = {}): void {
  if (waiting) {
    waiting.push(() => go(to, o))
    return
  }
  if (o.replace) history.replaceState(o.state ?? null, '', base + to)
  else history.pushState(o.state ?? null, '', base + to)
  place.set(here())
}

const changed = (name: string, value: string): string => {
  const now = here()
  if (value) now.query.set(name, value)
  else now.query.delete(name)
  const s = now.query.toString()
  return now.path + (s && '?' + s)
}

/** useArgument is one argument of the address, which stays when the page is loaded anew. */
export function useArgument(name: string): [string, (value: string) => void] {
  const p = usePlace()
  const set = useMemo(() => (value: string) => go(changed(name, value), { replace: true, state: history.state }), [name])
  return [p.query.get(name) ?? '', set]
}

/** useOpen is an argument that says what is open over the page: "Back" closes it, as closing it goes back. */
export function useOpen(name = 'open'): [string, (value: string) => void] {
  const p = usePlace()
  const set = useMemo(() => function set(value: string): void {
    if (waiting) {
      waiting.push(() => set(value))
      return
    }
    const was = here().query.get(name) ?? ''
    const mine = (history.state as { open?: string } | null)?.open === name
    if (value && !was) go(changed(name, value), { state: { open: name } })
    else if (!value && was && mine) back()
    else go(changed(name, value), { replace: true, state: history.state })
  }, [name])
  return [p.query.get(name) ?? '', set]
}

/** link makes <a {...link('/routes')}> go there without a new page. */
export function link(to: string) {
  return {
    href: base + to,
    onClick: (e: MouseEvent) => {
      e.stopPropagation() // the row that it stands in does something else
      if (e.metaKey || e.ctrlKey || e.shiftKey || e.button !== 0) return
      e.preventDefault()
      go(to)
    },
  }
}
