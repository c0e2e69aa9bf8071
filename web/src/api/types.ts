// Documents as the Admin API shows them. Only what pages look at is named.

export type Ref = { id: string } | null | undefined

export type Document = { id: string; name?: string; created_at?: number; updated_at?: number; tags?: string[] | null; [field: string]: unknown }

export type Route = Document & {
  protocols: string[]
  methods?: string[] | null
  hosts?: string[] | null
  paths?: string[] | null
  headers?: Record<string, string[]> | null
  priority?: number
  service?: Ref
}

export type Service = Document & {
  protocol: string
  host: string
  port: number
  path?: string | null
  enabled: boolean
  retries?: number
}

export type Upstream = Document & { name: string; algorithm: string }
export type Target = Document & { target: string; weight: number; upstream: { id: string }; version?: string }
export type Consumer = Document & { username?: string | null; custom_id?: string | null }
export type Plugin = Document & {
  name: string
  instance_name?: string | null
  enabled: boolean
  config: Record<string, unknown>
  route?: Ref
  service?: Ref
  consumer?: Ref
}

export type Change = { kind: string; id: string; action: 'create' | 'update' | 'delete'; /** What people call it, where the documents are left out. */ name?: string; old?: Document; new?: Document; fields?: string[] }
export type Act = { name: string; kind: string; id: string; of?: string }
export type Revision = { number: number; time: string; who: string; from: string; why: string; changes: Change[]; acts?: Act[] }
export type Preview = { dry_run: true; changes: Change[]; acts?: Act[]; entity?: Document }
