import { useEffect, useMemo } from 'react'
import { useLive, type Health, type LiveTarget } from '../../api/live'
import { useGet } from '../../api/use'
import { useTexts } from '../../i18n'
import { Badge, type Tone } from '../../ui/bits'
import { en } from './en'
import { zh } from './zh'

const tones: Record<Health, Tone | undefined> = { HEALTHY: 'good', UNHEALTHY: 'bad', DNS_ERROR: 'bad', HEALTHCHECKS_OFF: undefined }

export function HealthBadge({ health = 'HEALTHCHECKS_OFF', draining }: { health?: Health; draining?: boolean }) {
  const t = useTexts({ en, zh })
  if (draining) return <Badge tone="warn" dot>{t.draining}</Badge>
  return <Badge tone={tones[health]} dot>{t.states[health] ?? health}</Badge>
}

/** useTargets is what is known of targets this second, by "upstream target"; ids and names of upstreams both find them. */
export function useTargets(): Map<string, LiveTarget> {
  const { now } = useLive()
  return useMemo(() => new Map(now?.targets.map(t => [`${t.upstream} ${t.target}`, t])), [now])
}

/** useHealth is what the gateway thinks of one upstream's targets, by their ids. */
export function useHealth(id: string, changed: unknown) {
  const h = useGet<{ data: { id: string; health: Health }[] }>(`/upstreams/${id}/health?size=1000`)
  useEffect(() => {
    // A check may turn it at any time; what an edit has made of it is not there at once.
    const timers = [setTimeout(h.again, 400), setInterval(() => { if (!document.hidden) h.again() }, 3000)]
    return () => { clearTimeout(timers[0]); clearInterval(timers[1]) }
  }, [h.again, changed])
  return { health: useMemo(() => new Map(h.data?.data.map(t => [t.id, t.health])), [h.data]), again: h.again }
}
