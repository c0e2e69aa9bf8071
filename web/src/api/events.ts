import { useEffect, useRef } from 'react'
import { session } from './session'
import { openStream, type Events } from './stream'

type Follower = { events: Events; state?: (open: boolean) => void }

const names = ['revision', 'health', 'reset'] as const
const followers = new Set<Follower>()
let stop: (() => void) | undefined
let up = false

// One stream for the whole page, however many parts of it follow what is changed.
function begin() {
  const each: Events = {}
  for (const name of names) each[name] = (data, id) => { for (const f of [...followers]) f.events[name]?.(data, id) }
  stop = openStream('/events', each, open => {
    up = open
    for (const f of [...followers]) f.state?.(open)
  })
}

function end() {
  stop?.()
  stop = undefined
  up = false
}

/** followEvents tells what is changed, by whomever, until the function that it returns is called. state says whether it is told just now. */
export function followEvents(events: Events, state?: (open: boolean) => void): () => void {
  const f = { events, state }
  followers.add(f)
  if (!stop) begin()
  else if (up) state?.(true)
  return () => {
    followers.delete(f)
    setTimeout(() => { if (!followers.size) end() }, 2000) // going from page to page does not begin anew
  }
}

session.follow(() => { if (session.get() === null) end() })

/** useEvents follows them as long as the component is there. */
export function useEvents(events: Events) {
  const now = useRef(events)
  now.current = events
  useEffect(() => followEvents(Object.fromEntries(names.map(name => [name, (d: unknown, id: string) => now.current[name]?.(d, id)]))), [])
}
