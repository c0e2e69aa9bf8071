// The one place that speaks to the Admin API.

import { Store } from './store'

/** Whether the gateway did not answer when it was asked last. */
export const away = new Store(false)

/** What an API refuses comes as this. fields has a text for each field that is wrong, by its path: "config.minute". */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly fields: Record<string, string> = {},
    readonly retryAfter = 0,
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

export type Answer<T> = { status: number; data: T; etag: string; revision: number }

export type Options = {
  body?: unknown
  query?: Record<string, string | number | boolean | undefined>
  /** ETag of what was read: somebody else's change in between makes it 412. */
  ifMatch?: string
  /** Stands in the history as the reason. */
  reason?: string
  signal?: AbortSignal
}

let csrf = ''
let lost: () => void = () => {}

/** setCsrf is the session's: later writes carry it. */
export function setCsrf(token: string) { csrf = token }

/** onLost is called when the API no longer knows who we are. */
export function onLost(f: () => void) { lost = f }

export async function request<T>(method: string, path: string, o: Options = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (o.body !== undefined) headers['Content-Type'] = 'application/json'
  if (o.ifMatch) headers['If-Match'] = o.ifMatch
  // Headers are Latin-1 for fetch; the API reads UTF-8.
  if (o.reason) headers['X-Reason'] = latin(o.reason)
  if (csrf && method !== 'GET') headers['X-CSRF-Token'] = csrf
  let r: Response
  try {
    r = await fetch(path + search(o.query), {
      method, headers, signal: o.signal, credentials: 'same-origin', cache: 'no-store', redirect: 'error',
      body: o.body === undefined ? undefined : JSON.stringify(o.body),
    })
  } catch (e) {
    if (o.signal?.aborted) throw e
    away.set(true)
    throw new ApiError(0, 'offline')
  }
  away.set(false)
  const text = await r.text()
  const data = parse(text)
  if (!r.ok) {
    if (r.status === 401 && path !== '/session') lost()
    throw failure(r, data)
  }
  return { status: r.status, data: data as T, etag: r.headers.get('ETag') ?? '', revision: Number(r.headers.get('X-Moongate-Revision') ?? 0) }
}

export const get = async <T>(path: string, query?: Options['query'], signal?: AbortSignal) => (await request<T>('GET', path, { query, signal })).data
export const post = async <T>(path: string, body?: unknown, o?: Options) => (await request<T>('POST', path, { ...o, body })).data
export const put = async <T>(path: string, body?: unknown, o?: Options) => (await request<T>('PUT', path, { ...o, body })).data
export const patch = async <T>(path: string, body?: unknown, o?: Options) => (await request<T>('PATCH', path, { ...o, body })).data
export const del = async (path: string, o?: Options) => { await request<unknown>('DELETE', path, o) }

/** part makes one segment of a path of any text. */
export const part = (s: string) => encodeURIComponent(s)

function search(query: Options['query']): string {
  const out = new URLSearchParams()
  for (const [k, v] of Object.entries(query ?? {})) if (v !== undefined && v !== '') out.set(k, String(v))
  const s = out.toString()
  return s && '?' + s
}

function parse(text: string): unknown {
  try {
    return text ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}

function latin(s: string): string {
  return Array.from(new TextEncoder().encode(s), b => String.fromCharCode(b)).join('').replace(/[\0\r\n]/g, ' ')
}

function failure(r: Response, data: unknown): ApiError {
  const d = (data ?? {}) as { message?: string; fields?: unknown; faults?: { pointer: string; message: string }[] }
  const fields: Record<string, string> = {}
  if (d.faults) for (const f of d.faults) fields[f.pointer.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')] ??= f.message
  else flatten('', d.fields, fields)
  return new ApiError(r.status, d.message ?? `HTTP ${r.status}`, fields, Number(r.headers.get('Retry-After') ?? 0))
}

// flatten takes Kong's nested fields apart; "@entity" is of the whole.
function flatten(path: string, f: unknown, out: Record<string, string>) {
  if (typeof f === 'string') out[path] ??= f
  else if (f && typeof f === 'object') {
    for (const [k, v] of Object.entries(f)) {
      const one = k === '@entity' || Array.isArray(f) && typeof v === 'string' ? path : path ? path + '.' + k : k
      flatten(one, v, out)
    }
  }
}
