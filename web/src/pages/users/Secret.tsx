import { useState } from 'react'
import { useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Copy } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Labelled } from '../../ui/form/Fields'
import { en } from './en'
import { suggestion } from './types'
import { zh } from './zh'

export const least = 8

/** A password that somebody chooses for a user, or has chosen by the dashboard. */
export function Secret({ label, value, change, error, help, suggest, known }: {
  label: string; value: string; change: (s: string) => void; error?: string; help?: string; suggest?: boolean; /** It is the one so far. */ known?: boolean
}) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const [seen, setSeen] = useState(false)
  return (
    <Labelled label={label} help={help} error={error}>
      {(id, about, bad) => (
        <span className="line">
          <input id={id} className={`input ${seen ? 'mono' : ''}`} type={seen ? 'text' : 'password'} autoComplete={known ? 'current-password' : 'new-password'} spellCheck={false} aria-describedby={about} aria-invalid={bad || undefined}
            value={value} onChange={e => change(e.target.value)} />
          <Button look="quiet" icon="eye" aria-pressed={seen} aria-label={`${seen ? common.hide : common.show}: ${label}`} onClick={() => setSeen(!seen)} />
          {seen && value && <Copy text={value} label={`${common.copy}: ${label}`} />}
          {suggest && <Button onClick={() => { change(suggestion()); setSeen(true) }}>{t.suggest}</Button>}
        </span>
      )}
    </Labelled>
  )
}
