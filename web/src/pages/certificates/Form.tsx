import { useState } from 'react'
import { useTexts } from '../../i18n'
import { Button } from '../../ui/Button'
import type { Body } from '../../ui/Editor'
import { Labelled } from '../../ui/form/Fields'
import { TagInput } from '../../ui/form/TagInput'
import { en } from './en'
import { Pem } from './Pem'
import { chain, covers, sorted } from './x509'
import { zh } from './zh'

const text = (v: unknown) => typeof v === 'string' ? v : ''
const list = (v: unknown) => Array.isArray(v) ? v as string[] : []

/** The fields of a certificate and its server names. */
export function Form({ value: doc, change, errors, disabled }: Body) {
  const t = useTexts({ en, zh })
  const [was] = useState(doc)
  const [more, setMore] = useState(!!doc.cert_alt)
  const snis = list(doc.snis)
  const own = chain(text(doc.cert))[0]
  const names = own?.names.filter(n => !/^[\d.]+$|:/.test(n) && !snis.includes(n)) ?? []
  // A bundle has the key with it.
  const cert = (pem: string) => {
    const s = sorted(pem)
    change(s.keys && s.certificates ? { ...doc, cert: s.certificates, key: s.keys } : { ...doc, cert: pem })
  }
  return (
    <div className="stack">
      <Pem label={t.cert} help={t.certHelp} value={text(doc.cert)} change={cert} error={errors.cert} disabled={disabled} required read />
      <Key label={t.privateKey} help={t.keyHelp} was={text(was.key)} value={text(doc.key)} change={key => change({ ...doc, key })} error={errors.key} disabled={disabled} required />
      <Labelled label={t.servers} help={t.serversHelp} error={errors.snis}>
        {(id, about, bad) => <TagInput id={id} list={snis} change={snis => change({ ...doc, snis })} about={about} invalid={bad} disabled={disabled} />}
      </Labelled>
      {!disabled && own && names.length > 0 && !snis.some(s => covers(own, s)) && <Button small icon="plus" className="more-fields take" onClick={() => change({ ...doc, snis: [...snis, ...names] })}>{t.take(names.join(', '))}</Button>}
      <Labelled label={t.tags} error={errors.tags}>
        {(id, about, bad) => <TagInput id={id} list={list(doc.tags)} change={tags => change({ ...doc, tags: tags.length ? tags : null })} about={about} invalid={bad} disabled={disabled} />}
      </Labelled>
      <Button look="quiet" small className="more-fields" icon={more ? 'up' : 'open'} aria-expanded={more} onClick={() => setMore(!more)}>{t.altMore}</Button>
      {more && (
        <>
          <Pem label={t.altCert} help={t.altHelp} value={text(doc.cert_alt)} change={s => change({ ...doc, cert_alt: s || null })} error={errors.cert_alt} disabled={disabled} read />
          <Key label={t.altKey} was={text(was.key_alt)} value={text(doc.key_alt)} change={s => change({ ...doc, key_alt: s || null })} error={errors.key_alt} disabled={disabled} />
        </>
      )}
    </div>
  )
}

/** A CA certificate has no key here. */
export function CaForm({ value: doc, change, errors, disabled }: Body) {
  const t = useTexts({ en, zh })
  return (
    <div className="stack">
      <Pem label={t.cert} help={t.certCaHelp} value={text(doc.cert)} change={cert => change({ ...doc, cert })} error={errors.cert} disabled={disabled} required read />
      <Labelled label={t.tags} error={errors.tags}>
        {(id, about, bad) => <TagInput id={id} list={list(doc.tags)} change={tags => change({ ...doc, tags: tags.length ? tags : null })} about={about} invalid={bad} disabled={disabled} />}
      </Labelled>
    </div>
  )
}

type KeyProps = { label: string; help?: string; was: string; value: string; change: (pem: string) => void; error?: string; disabled?: boolean; required?: boolean }

// A key that is there already is not shown, as others may look over one's shoulder.
function Key({ was, value, change, ...rest }: KeyProps) {
  const t = useTexts({ en, zh })
  const [open, setOpen] = useState(!was)
  if (open || value !== was) return <Pem {...rest} value={value === was && was ? '' : value} change={change} />
  return (
    <Labelled label={rest.label} group error={rest.error}>
      {() => <span className="line wrap"><span className="dim">{rest.disabled ? t.hiddenKey : t.keyKept}</span>{!rest.disabled && <Button small onClick={() => setOpen(true)}>{t.replace}</Button>}</span>}
    </Labelled>
  )
}
