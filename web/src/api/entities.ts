import { useEffect } from 'react'
import { ApiError, away, get, part, request } from './client'
import { followEvents } from './events'
import { session } from './session'
import { Store, useStore } from './store'
import type { Document, Preview, Revision } from './types'

export type Kind = 'routes' | 'services' | 'upstreams' | 'targets' | 'consumers' | 'plugins' | 'releases' | 'client-classes' | 'certificates' | 'snis' | 'ca_certificates' |
  'key-auths' | 'basic-auths' | 'hmac-auths' | 'jwts' | 'mtls-auths' | 'acls'

export type List<T> = { rows: T[]; byId: Map<string, T>; state: 'loading' | 'ready' | 'failed'; error?: ApiError }

const empty: List<any> = { rows: [], byId: new Map(), state: 'loading' }
const lists = new Map<Kind, Store<List<any>>>()
let close: (() => void) | undefined
let following: Promise<void> | undefined

// What the API calls these in a revision.
const kindOf: Partial<Record<Kind, string>> = {
  'client-classes': 'client_classes', 'key-auths': 'keyauth_credentials', 'basic-auths': 'basicauth_credentials', 'hmac-auths': 'hmacauth_credentials', jwts: 'jwt_secrets', 'mtls-auths': 'mtls_auth_credentials',
}

/** schemaOf is where a kind's schema is. */
export const schemaOf = (kind: Kind) => `/schemas/${kindOf[kind] ?? kind}`

/** named is what the API calls a kind in revisions and schemas; in paths it may have another name. */
export const named = (kind: Kind): string => kindOf[kind] ?? kind

const pathOf = new Map<string, Kind>(Object.entries(kindOf).map(([path, kind]) => [kind!, path as Kind]))

/** useEntities has all of a kind, and keeps them as they are: changes come as they are made, by whomever. */
export function useEntities<T extends Document>(kind: Kind): List<T> {
  const s = storeOf(kind)
  useEffect(() => { start(kind) }, [kind])
  return useStore(s) as List<T>
}

/** loaded is an entity of a list that is there already. */
export function loaded(id: string): Document | undefined {
  for (const s of lists.values()) {
    const d = s.get().byId.get(id)
    if (d) return d
  }
}

/** reload reads a list anew. */
export const reload = (kind: Kind) => { void load(kind) }

function storeOf(kind: Kind): Store<List<any>> {
  let s = lists.get(kind)
  if (!s) lists.set(kind, s = new Store<List<any>>(empty))
  return s
}

const started = new Set<Kind>()

function start(kind: Kind) {
  following ??= follow()
  if (started.has(kind) && storeOf(kind).get().state !== 'failed') return
  started.add(kind)
  void load(kind)
}

// follow is done when changes come: what is read before that could be older than the first of them.
function follow(): Promise<void> {
  return new Promise(done => {
    close = followEvents({ revision: apply, reset: again }, open => { if (open) done() })
    setTimeout(done, patience)
  })
}

const patience = 1500

async function load(kind: Kind) {
  const s = storeOf(kind)
  if (s.get().state === 'failed') s.set(empty)
  try {
    await following
    s.set(listOf(await all(kind)))
  } catch (e) {
    s.set({ ...empty, state: 'failed', error: e as ApiError })
  }
}

/** all reads every page of a list. */
export async function all<T = Document>(kind: string, query?: Record<string, string>): Promise<T[]> {
  const rows: T[] = []
  let offset = ''
  do {
    const page = await get<{ data: T[]; offset?: string }>('/' + kind, { ...query, size: 1000, offset })
    rows.push(...page.data)
    offset = page.offset ?? ''
  } while (offset)
  return rows
}

function listOf<T extends Document>(rows: T[]): List<T> {
  return { rows, byId: new Map(rows.map(r => [r.id, r])), state: 'ready' }
}

function apply(r: Revision) {
  const changed = new Map<Kind, Map<string, Document | undefined>>()
  for (const c of r.changes) {
    const kind = pathOf.get(c.kind) ?? c.kind as Kind
    if (!started.has(kind)) continue
    if (!changed.has(kind)) changed.set(kind, new Map())
    changed.get(kind)!.set(c.id, c.new)
  }
  // Names of certificates are kept apart from them, and shown with them.
  if (r.changes.some(c => c.kind === 'snis' || c.kind === 'certificates') && started.has('certificates')) void load('certificates')
  changed.delete('certificates')
  for (const [kind, docs] of changed) {
    const s = storeOf(kind)
    const was = s.get()
    if (was.state === 'ready') s.set(listOf(patched(was.rows, docs)))
    else void load(kind)
  }
}

/** patched is a list with documents changed, added in front, or, where there is none any more, removed. */
export function patched<T extends Document>(rows: T[], docs: Map<string, Document | undefined>): T[] {
  const left = new Map(docs)
  const out: T[] = []
  for (const row of rows) {
    if (!left.has(row.id)) {
      out.push(row)
      continue
    }
    const doc = left.get(row.id)
    left.delete(row.id)
    if (doc) out.push(doc as T)
  }
  const made = [...left.values()].filter(d => d !== undefined) as T[]
  return made.length ? [...made, ...out] : out
}

function again() {
  for (const kind of started) void load(kind)
}

away.follow(() => { if (!away.get()) for (const kind of started) if (storeOf(kind).get().state === 'failed') void load(kind) })

// Another person may see other things.
session.follow(() => {
  if (session.get() !== null) return
  close?.()
  close = following = undefined
  started.clear()
  lists.clear()
})

export type Write = { method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: string; query?: Record<string, string>; body?: unknown; ifMatch?: string }

/** preview asks what a write would change, and whether it may be made. */
export async function preview(w: Write): Promise<Preview> {
  return (await request<Preview>(w.method, w.path, { body: w.body, query: { ...w.query, dry_run: 1 }, ifMatch: w.ifMatch })).data
}

/** commit makes a write. */
export async function commit(w: Write, reason?: string): Promise<Document | undefined> {
  return (await request<Document | undefined>(w.method, w.path, { query: w.query, body: w.body, ifMatch: w.ifMatch, reason })).data
}

/** read is one document, and its ETag for If-Match. */
export async function read(kind: Kind, id: string): Promise<{ doc: Document; etag: string }> {
  const a = await request<Document>('GET', `/${kind}/${part(id)}`)
  return { doc: a.data, etag: a.etag }
}
