import { useMemo } from 'react'
import { useEntities } from '../../api/entities'
import type { Ref, Service, Upstream } from '../../api/types'
import { link } from '../../app/router'
import { useTexts } from '../../i18n'
import { titleOf } from '../../ui/title'
import { en } from './en'
import type { Variant } from './types'
import { zh } from './zh'

/** useNames writes where a release, or one of its versions, sends requests. */
export function useNames() {
  const t = useTexts({ en, zh })
  const services = useEntities<Service>('services')
  const upstreams = useEntities<Upstream>('upstreams')
  return useMemo(() => {
    const service = (r: Ref) => titleOf(services.byId.get(r?.id ?? '')) || r?.id.slice(0, 8) || ''
    const upstream = (r: Ref) => titleOf(upstreams.byId.get(r?.id ?? '')) || r?.id.slice(0, 8) || ''
    const text = (v: Variant) => v.service ? t.service(service(v.service)) : v.upstream ? t.upstream(upstream(v.upstream)) : v.version ? t.version(v.version) : t.whole
    const scope = (v: { service?: Ref; upstream?: Ref }) => v.service ? t.service(service(v.service)) : t.upstream(upstream(v.upstream))
    const to = (v: { service?: Ref; upstream?: Ref }) => link(v.service ? `/services?open=${v.service.id}` : `/upstreams/${v.upstream?.id}`)
    return { text, scope, to }
  }, [t, services, upstreams])
}
