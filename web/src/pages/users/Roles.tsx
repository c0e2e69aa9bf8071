import { useId } from 'react'
import type { Role } from '../../api/session'
import { useFixed } from '../../api/use'
import { useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Badge, Bones, Failed, Panel } from '../../ui/bits'
import { Icon } from '../../ui/Icon'
import { en } from './en'
import { added, roleTones, type RoleShown } from './types'
import { zh } from './zh'

const order: Role[] = ['viewer', 'operator', 'admin']

/** A role, chosen by what it may. */
export function RoleChoice({ value, change }: { value: Role; change: (r: Role) => void }) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const name = useId()
  return (
    <div className="field" role="radiogroup" aria-labelledby={name + 'l'}>
      <span className="label" id={name + 'l'}>{t.role}</span>
      <div className="choices">
        {order.map(r => (
          <label key={r}>
            <input type="radio" name={name} checked={value === r} onChange={() => change(r)} /><b>{common.roles[r]}</b><span className="dim">{t.docs[r]}</span>
          </label>
        ))}
      </div>
    </div>
  )
}

/** What each role may do, as the API says it. */
export function Roles() {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const roles = useFixed<{ data: RoleShown[] }>('/roles')
  return (
    <Panel title={t.roles}>
      {roles.error ? <Failed error={roles.error} again={roles.again} /> : !roles.data ? <Bones lines={4} /> : (
        <div className="rights">
          {roles.data.data.map((r, i, all) => (
            <section key={r.name} aria-label={common.roles[r.name] ?? r.name}>
              <Badge tone={roleTones[r.name]}>{common.roles[r.name] ?? r.name}</Badge>
              <p className="dim small">{t.docs[r.name] ?? r.doc}</p>
              <ul>{r.may.map(m => <li key={m} className={added(all, i).includes(m) ? '' : 'had'}><Icon name="check" size={13} />{(t.rights as Record<string, string>)[m] ?? m}</li>)}</ul>
            </section>
          ))}
        </div>
      )}
    </Panel>
  )
}
