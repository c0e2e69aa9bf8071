import { useMemo } from 'react'
import { countBy } from '../../api/count'
import { useEntities } from '../../api/entities'
import type { Service, Target, Upstream } from '../../api/types'
import { go } from '../../app/router'
import { useTexts } from '../../i18n'
import { Badge } from '../../ui/bits'
import { EntityPage } from '../../ui/EntityPage'
import type { Column } from '../../ui/table/Table'
import { en } from './en'
import { useTargets } from './health'
import { zh } from './zh'

export function Upstreams() {
  const t = useTexts({ en, zh })
  const targets = useEntities<Target>('targets')
  const services = useEntities<Service>('services')
  const live = useTargets()
  const of = useMemo(() => Map.groupBy(targets.rows, x => x.upstream.id), [targets.rows])
  const used = useMemo(() => countBy(services.rows, s => s.host), [services.rows])

  const columns = useMemo((): Column<Upstream>[] => {
    const sick = (u: Upstream) => (of.get(u.id) ?? []).filter(x => ['UNHEALTHY', 'DNS_ERROR'].includes((live.get(`${u.name} ${x.target}`) ?? live.get(`${u.id} ${x.target}`))?.health ?? '')).length
    return [
      { key: 'name', title: t.name, width: 'minmax(116px, 2fr)', value: u => u.name, text: u => `${u.name} ${u.tags?.join(' ') ?? ''}`, cell: u => <b className="cut">{u.name}</b> },
      { key: 'algorithm', title: t.algorithm, width: 'minmax(120px, 1fr)', wide: true, value: u => u.algorithm, cell: u => u.algorithm },
      { key: 'targets', title: t.targets, width: '72px', end: true, value: u => of.get(u.id)?.length ?? 0, text: () => '', cell: u => of.get(u.id)?.length ?? <span className="off">0</span> },
      {
        key: 'health', title: t.health, width: '112px', value: sick, text: () => '',
        cell: u => {
          const all = of.get(u.id)?.length ?? 0, bad = sick(u)
          if (!all) return <Badge tone="warn">{t.none}</Badge>
          return <Badge tone={bad === 0 ? 'good' : bad === all ? 'bad' : 'warn'} dot>{t.healthy(all - bad, all)}</Badge>
        },
      },
      { key: 'services', title: t.services, width: '90px', wide: true, end: true, value: u => used.get(u.name) ?? 0, text: () => '', cell: u => used.get(u.name) ?? <span className="off">0</span> },
    ]
  }, [t, of, used, live])

  return <EntityPage<Upstream> kind="upstreams" texts={t} icon="upstream" columns={columns} main={main} open={u => go(`/upstreams/${u.id}`)} />
}

export const main = ['name', 'algorithm', 'healthchecks']
