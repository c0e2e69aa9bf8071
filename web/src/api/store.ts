import { useSyncExternalStore } from 'react'

/** A value that components follow. */
export class Store<T> {
  private followers = new Set<() => void>()
  constructor(private value: T) {}

  get = () => this.value

  set(value: T) {
    if (Object.is(value, this.value)) return
    this.value = value
    for (const f of [...this.followers]) f()
  }

  follow = (f: () => void) => {
    this.followers.add(f)
    return () => { this.followers.delete(f) }
  }
}

export function useStore<T>(s: Store<T>): T {
  return useSyncExternalStore(s.follow, s.get)
}
