import type { Role } from '../../api/session'

export type Token = { id: string; name: string; created_at: number; /** Only when it has just been made. */ token?: string }
export type User = { name: string; role: Role; has_password: boolean; tokens: Token[]; created_at: number; updated_at: number }
export type RoleShown = { name: Role; doc: string; may: string[] }

export const roleTones = { viewer: undefined, operator: 'info', admin: 'warn' } as const

// Without letters that look alike.
const letters = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const groups = 4, each = 5

/** suggestion is a password of 116 bits, in groups that can be read out. */
export function suggestion(random: (n: number) => Uint8Array = n => crypto.getRandomValues(new Uint8Array(n))): string {
  const out: string[] = []
  // A byte beyond the last whole round of letters would make the first of them likelier.
  const round = 256 - 256 % letters.length
  while (out.length < groups * each) for (const b of random(32)) if (b < round && out.length < groups * each) out.push(letters[b % letters.length])
  return Array.from({ length: groups }, (_, i) => out.slice(i * each, (i + 1) * each).join('')).join('-')
}

/** Levels in the order of what they may. */
export const added = (roles: readonly RoleShown[], i: number) => roles[i].may.filter(r => !roles[i - 1]?.may.includes(r))
