type Name = { id: string; name?: string }

export type Answer = {
  request: string
  revision: number
  tried: { route: Name; path?: string; failed: { kind: string; text: string } | null }[]
  skipped: number
  client_class?: (Name & { why: string }) | null
  route: Name | null
  plugins: { id: string; name: string; scope: string; skips?: string; for?: string; state?: string; why?: string; cache_key?: string }[] | null
  releases: (Name & { state: string; share: string; decides: boolean; variant?: string; why: string })[] | null
  variant: string
  service: (Name & { url: string; host: string }) | null
  upstream: (Name & { algorithm: string; key?: string; version?: string }) | null
  targets: { target: string; version?: string; weight: number; probability: number; left_out?: string }[] | null
  ends: { status: number; why: string; plugin?: string } | null
}

export const nameOf = (n: Name) => n.name || n.id.slice(0, 8)
