import { useMemo, useState } from 'react'
import { countBy } from '../../api/count'
import type { Plugin } from '../../api/types'
import { useFixed } from '../../api/use'
import { useTexts } from '../../i18n'
import { useSchemaWords } from '../../i18n/schema'
import { Badge, Bones, Failed } from '../../ui/bits'
import { fieldsOf, type Schema } from '../../ui/form/schema'
import { Icon } from '../../ui/Icon'
import { en } from './en'
import { groupNames, groupOf } from './groups'
import { zh } from './zh'

/** All plugins that there are, by what they are for. */
export function Catalogue({ rows, add }: { rows: Plugin[]; add?: (name: string) => void }) {
  const t = useTexts({ en, zh })
  const names = useFixed<{ enabled_plugins: string[] }>('/plugins/enabled')
  const [text, setText] = useState('')
  const used = useMemo(() => countBy(rows, p => p.name), [rows])
  const found = names.data?.enabled_plugins.filter(n => n.includes(text.trim().toLowerCase())) ?? []
  if (names.error) return <Failed error={names.error} again={names.again} />
  if (!names.data) return <Bones lines={8} />
  return (
    <div className="catalogue">
      <label className="with-icon finder-field"><Icon name="search" size={14} /><input className="input" type="search" value={text} placeholder={t.find} aria-label={t.find} onChange={e => setText(e.target.value)} /></label>
      {!found.length && <p className="dim">{t.none}</p>}
      {groupNames.map(g => {
        const list = found.filter(n => groupOf(n) === g)
        return list.length > 0 && (
          <section key={g} aria-label={t.groups[g]}>
            <h2>{t.groups[g]}</h2>
            <ul className="cards">{list.map(n => <li key={n}><Card name={n} used={used.get(n) ?? 0} add={add} /></li>)}</ul>
          </section>
        )
      })}
    </div>
  )
}

function Card({ name, used, add }: { name: string; used: number; add?: (name: string) => void }) {
  const t = useTexts({ en, zh })
  const schema = useFixed<Schema>(`/schemas/plugins/${name}`)
  const about = useSchemaWords().about(fieldsOf(schema.data).find(f => f.name === 'config')?.description)
  const inside = <><span className="line"><b className="cut">{name}</b>{used > 0 && <Badge tone="info">{t.used(used)}</Badge>}</span><span className="dim small about">{about ?? '\u00a0'}</span></>
  return add ? <button type="button" className="card" onClick={() => add(name)} aria-label={t.newOne(name)}>{inside}</button> : <div className="card">{inside}</div>
}
