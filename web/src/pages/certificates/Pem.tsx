import { useState, type DragEvent } from 'react'
import { ago, useTexts } from '../../i18n'
import { Icon } from '../../ui/Icon'
import { Labelled } from '../../ui/form/Fields'
import { en } from './en'
import { armour, chain, common } from './x509'
import { zh } from './zh'

type Props = { label: string; help?: string; value: string; change: (pem: string) => void; error?: string; disabled?: boolean; required?: boolean; /** It is a certificate, and told what it says. */ read?: boolean }

/** A PEM text: pasted, chosen as a file, or dropped. */
export function Pem({ label, help, value, change, error, disabled, required, read }: Props) {
  const t = useTexts({ en, zh })
  const [over, setOver] = useState(false)
  const take = async (file: File | undefined) => {
    if (!file || file.size > 1 << 20) return
    const bytes = new Uint8Array(await file.arrayBuffer())
    change(read && bytes[0] === 0x30 ? armour(bytes) : new TextDecoder().decode(bytes))
  }
  const drop = (e: DragEvent) => {
    e.preventDefault()
    setOver(false)
    if (!disabled) void take(e.dataTransfer.files[0])
  }
  return (
    <Labelled label={label} help={help} error={error} required={required}>
      {(id, about, bad) => (
        <div className={`pem ${over ? 'over' : ''}`} onDragOver={e => { e.preventDefault(); setOver(true) }} onDragLeave={() => setOver(false)} onDrop={drop}>
          <textarea id={id} className="area mono" rows={5} spellCheck={false} autoComplete="off" aria-describedby={about} aria-invalid={bad || undefined} disabled={disabled} value={value} placeholder={`-----BEGIN ${read ? 'CERTIFICATE' : 'PRIVATE KEY'}-----`}
            onChange={e => change(e.target.value)} />
          {!disabled && (
            <span className="line wrap">
              <label className="button small pem-file"><Icon name="up" size={14} />{t.file}<input type="file" accept=".pem,.crt,.cer,.der,.key,.txt" aria-label={`${t.file}: ${label}`} onChange={e => { void take(e.target.files?.[0]); e.target.value = '' }} /></label>
              <span className="dim small">{t.drop}</span>
            </span>
          )}
          {read && value && <Found pem={value} />}
        </div>
      )}
    </Labelled>
  )
}

// What has been pasted, said back.
function Found({ pem }: { pem: string }) {
  const t = useTexts({ en, zh })
  const [own, ...rest] = chain(pem)
  if (!own) return pem.includes('-----END') ? <span className="warn small" role="status">{t.unreadable}</span> : null
  return <span className="line small" role="status"><span className="good"><Icon name="check" size={14} /></span><span>{t.found(common(own.subject), ago(own.until))} {rest.length > 0 && t.more(rest.length)}</span></span>
}
