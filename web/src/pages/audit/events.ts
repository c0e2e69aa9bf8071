import type { Act, Change } from '../../api/types'
import type { Tone } from '../../ui/bits'

export type Happening = { time: string; who: string; from: string; why: string; changes: Change[]; acts?: Act[]; /** of a write */ revision?: number; /** of all else */ event?: string; about?: string }

export const kinds = ['change', 'access', 'refused', 'users', 'memory'] as const
export type Kind = (typeof kinds)[number]

/** eventOf is what happened: a write of the configuration has no name of its own. */
export const eventOf = (h: Happening): string => h.event ?? 'change'

/** kindOf sorts events into the few kinds that one looks for. */
export function kindOf(h: Happening): Kind {
  switch (eventOf(h)) {
    case 'change': return 'change'
    case 'login':
    case 'logout': return 'access'
    case 'login_failed': return 'refused'
    case 'entry_dropped': return 'memory'
    default: return 'users'
  }
}

export const tones: Record<Kind, Tone | undefined> = { change: 'info', access: undefined, refused: 'bad', users: 'warn', memory: 'warn' }

/** keyOf tells events apart; the API gives each of them another time. */
export const keyOf = (h: Happening) => h.revision !== undefined ? `r${h.revision}` : `e${h.time}`

/** people are those who did something, each once. */
export const people = (list: readonly Happening[], also = '') => [...new Set([...list.map(h => h.who), also])].filter(Boolean).sort((a, b) => a.localeCompare(b))
