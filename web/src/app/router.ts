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
window.addEventListener('popstate', () => place.set(here()))

export const usePlace = () => useStore(place)

/** go shows another page: "/routes?service=a". */
export function go(to: string, o: { replace?: boolean } = {}) {
  if (o.replace) history.replaceState(null, '', base + to)
  else history.pushState(null, '', base + to)
  place.set(here())
}

/** useArgument is one argument of the address, which stays when the page is loaded anew. */
export function useArgument(name: string): [string, (value: string) => void] {
  const p = usePlace()
  const set = useMemo(() => (value: string) => {
    const now = here()
    if (value) now.query.set(name, value)
    else now.query.delete(name)
    const s = now.query.toString()
    go(now.path + (s && '?' + s), { replace: true })
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
