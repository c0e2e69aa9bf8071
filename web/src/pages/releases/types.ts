import type { Document, Ref } from '../../api/types'

export type Variant = { service?: Ref; upstream?: Ref; version?: string | null }
export type Identity = { from: string; name?: string | null }
export type Match = {
  mode: 'any' | 'all'
  addresses?: string[] | null
  users?: string[] | null
  user: Identity
  headers?: Record<string, string[]> | null
  cookies?: Record<string, string[]> | null
  queries?: Record<string, string[]> | null
  claims?: Record<string, string[]> | null
  clients?: string[] | null
  versions?: string[] | null
  lists?: { of: string; redis: { address: string; key: string } }[] | null
}
export type Step = { percentage: number; duration: number }
export type Guard = { max_error_rate?: number | null; max_p95?: number | null; error_rate_margin?: number | null; p95_margin?: number | null; min_requests: number; window: number }
export type State = 'running' | 'paused' | 'promoted' | 'aborted' | 'rolled_back'

export type Release = Document & {
  name: string
  service?: Ref
  upstream?: Ref
  baseline: Variant
  candidate: Variant
  match: Match
  percentage: number
  sticky: Identity
  ramp?: Step[] | null
  guard?: Guard | null
  state: State
  reason?: string | null
  step: number
  step_at: number
}

export const tones = { running: 'info', paused: 'warn', promoted: 'good', aborted: undefined, rolled_back: 'bad' } as const

/** How many per cent of all others get the candidate now. A ramp moves the percentage itself. */
export function shareOf(r: Release): number {
  if (r.state === 'promoted') return 100
  if (r.state === 'aborted' || r.state === 'rolled_back') return 0
  return r.percentage
}

/** Whether people can still steer it. */
export const open = (r: Release) => r.state === 'running' || r.state === 'paused'
