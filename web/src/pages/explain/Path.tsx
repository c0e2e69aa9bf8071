import type { ReactNode } from 'react'
import { link } from '../../app/router'
import { number, useTexts } from '../../i18n'
import { Badge, Panel } from '../../ui/bits'
import { Icon, type IconName } from '../../ui/Icon'
import { groupOf } from '../plugins/groups'
import { en } from './en'
import { nameOf, type Answer } from './types'
import { zh } from './zh'

/** The way of a request through the gateway, from top to bottom. */
export function Path({ a, known }: { a: Answer; /** Somebody said who is authenticated. */ known: boolean }) {
  const t = useTexts({ en, zh })
  const failed = a.tried.filter(x => x.failed)
  const shown = (a.plugins ?? []).filter(p => !p.skips), skipping = (a.plugins ?? []).filter(p => p.skips)
  const doors = known || a.ends ? [] : (a.plugins ?? []).filter(p => !p.skips && groupOf(p.name) === 'auth' && p.name !== 'session').map(p => p.name)
  const to = a.targets?.filter(x => x.probability > 0).map(x => x.target).join(', ') || a.service?.url || ''
  return (
    <Panel title={a.request} acts={<span className="dim small">{t.revision(number(a.revision))}</span>}>
      <ol className="way">
        <Station icon="route" title={t.route} state={a.route ? 'good' : 'bad'}>
          {a.route ? <p><a {...link(`/routes?open=${a.route.id}`)}><b>{nameOf(a.route)}</b></a> <span className="dim">{t.match}</span> {a.tried.at(-1)?.path && <code>{a.tried.at(-1)!.path}</code>}</p>
            : <p><b>{t.none}.</b> {!a.ends && t.noneText}</p>}
          {(failed.length > 0 || a.skipped > 0) && (
            <details>
              <summary>{t.tried(number(failed.length))}{a.skipped > 0 && `, ${t.skipped(number(a.skipped))}`}</summary>
              <ul className="tries">{failed.map((x, i) => <li key={i}><a {...link(`/routes?open=${x.route.id}`)}>{nameOf(x.route)}</a> <code>{x.path}</code> <span className="dim">{x.failed!.text}</span></li>)}</ul>
            </details>
          )}
        </Station>
        {a.client_class && <Station icon="consumer" title={t.kindClass}><p><b>{nameOf(a.client_class)}</b> <span className="dim">{a.client_class.why}</span></p></Station>}
        <Station icon="plugin" title={t.plugins} state={a.ends?.plugin ? 'bad' : undefined}>
          {!shown.length && !skipping.length && <p className="dim">{t.noPlugins}</p>}
          <ol className="order">
            {shown.map(p => (
              <li key={p.id}><a {...link(`/plugins?open=${p.id}`)}>{p.name}</a> <Badge>{p.scope}</Badge>{p.for && <Badge>{t.forSome(p.for)}</Badge>}{p.state && <Badge tone={a.ends?.plugin === p.name ? 'bad' : 'info'}>{p.state}</Badge>} {p.why && <span className="dim">{p.why}</span>}</li>
            ))}
          </ol>
          {skipping.length > 0 && <details><summary>{t.skips}: {skipping.length}</summary><ul className="tries">{skipping.map(p => <li key={p.id}><a {...link(`/plugins?open=${p.id}`)}>{p.name}</a> <span className="dim">{p.skips}</span></li>)}</ul></details>}
        </Station>
        {(a.releases ?? []).map(r => (
          <Station key={r.id} icon="release" title={t.release} state={r.decides ? 'good' : undefined}>
            <p><a {...link(`/releases/${r.id}`)}><b>{nameOf(r)}</b></a> {r.variant && <Badge tone={r.variant === 'candidate' ? 'info' : undefined}>{r.variant === 'candidate' ? t.candidate : t.baseline}</Badge>} {r.decides && <Badge>{t.decides}</Badge>} <span className="dim">{r.share}</span></p>
            <p className="dim">{r.why}</p>
          </Station>
        ))}
        {a.service && (
          <Station icon="service" title={t.service}>
            <p><a {...link(`/services?open=${a.service.id}`)}><b>{nameOf(a.service)}</b></a></p>
            <p className="small"><span className="dim">{t.sent}</span> <code>{a.service.url}</code>{a.service.host && <> <span className="dim">{t.host}</span> <code>{a.service.host}</code></>}</p>
          </Station>
        )}
        {a.upstream && <Station icon="upstream" title={t.upstream}><p><a {...link(`/upstreams/${a.upstream.id}`)}><b>{nameOf(a.upstream)}</b></a> <span className="dim">{a.upstream.algorithm}{a.upstream.key ? ` (${a.upstream.key})` : ''}</span></p></Station>}
        {!!a.targets?.length && (
          <Station icon="nodes" title={t.targets}>
            <ul className="odds">
              {a.targets.map(x => (
                <li key={x.target}><code className="cut">{x.target}</code>{x.version && <Badge>{x.version}</Badge>}
                  <span className="odd" aria-hidden="true"><i style={{ width: `${100 * x.probability}%` }} /></span>
                  <span className="num">{x.left_out ? <span className="dim small" title={x.left_out}>{t.leftOut}: {x.left_out}</span> : `${number(100 * x.probability, 1)}%`}</span>
                </li>
              ))}
            </ul>
          </Station>
        )}
        <Station icon={a.ends ? 'warn' : 'check'} title={t.result} state={a.ends ? 'bad' : 'good'}>
          {a.ends ? <p><b>{t.ends(String(a.ends.status))}</b>{a.ends.plugin && ` ${t.by(a.ends.plugin)}`}: <span className="dim">{a.ends.why}</span></p> : <p><b>{a.route ? t.goes(to) : t.noneText}</b></p>}
          {doors.length > 0 && <p className="warn">{t.unchecked(doors.join(', '))}</p>}
        </Station>
      </ol>
    </Panel>
  )
}

function Station({ icon, title, state, children }: { icon: IconName; title: string; state?: 'good' | 'bad'; children: ReactNode }) {
  return <li className={`station ${state ?? ''}`}><span className="mark"><Icon name={icon} /></span><div><h3>{title}</h3>{children}</div></li>
}
