import { ApiError, away, onLost, request, setCsrf } from './client'
import { Store, useStore } from './store'

export type Role = 'viewer' | 'operator' | 'admin'
export type Session = { name: string; role: Role; csrf: string; /** null: never */ expires_at: number | null; first_start?: boolean }

/** unknown: not asked yet; null: nobody has logged in; Error: the gateway does not answer. */
export const session = new Store<Session | null | 'unknown' | ApiError>('unknown')

function keep(s: Session | null) {
  setCsrf(s?.csrf ?? '')
  session.set(s)
}

onLost(() => keep(null))

// All tabs have one cookie: what one of them does with it the others are told.
const tabs = new BroadcastChannel('moongate.session')
tabs.onmessage = () => { void resume() }
const tell = () => tabs.postMessage('')

/** resume asks whether there is a session, or still is. A gateway that is away for a moment does not end one. */
export async function resume() {
  try {
    const s = (await request<Session>('GET', '/session')).data
    const was = session.get()
    if (was && was !== 'unknown' && !(was instanceof Error) && was.csrf === s.csrf && was.role === s.role) return
    keep(s)
  } catch (e) {
    if (e instanceof ApiError && e.status === 401) keep(null)
    else if (session.get() === 'unknown') session.set(e instanceof ApiError ? e : new ApiError(0, String(e)))
  }
}

export async function login(who: { token: string } | { name: string; password: string }) {
  keep((await request<Session>('POST', '/session', { body: who })).data)
  tell()
}

export async function logout() {
  await request('DELETE', '/session')
  keep(null)
  tell()
}

/** changePassword changes one's own. The session goes on as another one. */
export async function changePassword(was: string, next: string) {
  keep((await request<Session>('PUT', '/session/password', { body: { password: was, new_password: next } })).data)
  tell()
}

/** useSession is only for what is shown to somebody who is logged in. */
export function useSession(): Session {
  const s = useStore(session)
  if (!s || s === 'unknown' || s instanceof Error) throw new Error('there is no session')
  return s
}

const ranks: Role[] = ['viewer', 'operator', 'admin']

/** useMay says whether the one who is logged in may do what needs a role. The API decides; this only hides what would be refused. */
export function useMay(role: Role): boolean {
  return ranks.indexOf(useSession().role) >= ranks.indexOf(role)
}

const patience = 2000

// A gateway that is away is asked until it is there again: then streams and pages go on by themselves.
let timer = 0
away.follow(() => {
  clearInterval(timer)
  if (away.get()) timer = window.setInterval(() => { if (!document.hidden) void resume() }, patience)
})
