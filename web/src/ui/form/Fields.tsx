import { useId, useState, type ReactNode } from 'react'
import { useCommon } from '../../i18n/common'
import { useSchemaWords } from '../../i18n/schema'
import { Button } from '../Button'
import { Control } from './Control'
import { fieldsOf, isList, simple, split, type Doc, type Field, type Schema } from './schema'

export type Errors = Record<string, string>

type Props = {
  schema: Schema
  value: Doc
  change: (value: Doc) => void
  errors: Errors
  /** Where these are in the document: "config.". */
  path?: string
  fields?: Field[]
  /** The fields to begin with, if the schema shall not say so itself. */
  main?: string[]
  /** Names and words of the caller's own, by field. */
  labels?: Record<string, string>
  disabled?: boolean
}

/** The fields of a record, those that matter first. */
export function Fields({ schema, value, change, errors, path = '', fields = fieldsOf(schema), main, labels, disabled }: Props) {
  const t = useCommon()
  const [start] = useState(value)
  const { first, rest } = split(fields, start, schema.entity_checks, main)
  const wrong = rest.some(f => Object.keys(errors).some(k => k === path + f.name || k.startsWith(path + f.name + '.')))
  const [open, setOpen] = useState(false)
  const each = (f: Field) => (
    <OneField key={f.name} field={f} value={value[f.name]} path={path + f.name} errors={errors} label={labels?.[f.name]} disabled={disabled}
      change={v => change({ ...value, [f.name]: v })} />
  )
  return (
    <div className="fields">
      {errors[path.replace(/\.$/, '')] && path && <p className="field wrong" role="alert"><span className="wrong">{errors[path.replace(/\.$/, '')]}</span></p>}
      {first.map(each)}
      {rest.length > 0 && !wrong && (
        <Button look="quiet" small className="more-fields" icon={open ? 'up' : 'open'} aria-expanded={open} onClick={() => setOpen(!open)}>{open ? t.form.less : t.form.more(rest.length)}</Button>
      )}
      {(open || wrong) && rest.map(each)}
    </div>
  )
}

type One = { field: Field; value: unknown; change: (v: unknown) => void; path: string; errors: Errors; label?: string; disabled?: boolean }

function OneField({ field: f, value, change, path, errors, label, disabled }: One) {
  const said = useSchemaWords()
  const name = label ?? said.label(f.name) ?? words(f.name)
  const about = said.about(f.description)
  if (f.type === 'record') {
    return (
      <fieldset className="record" disabled={disabled}>
        <legend>{name}</legend>
        {about && <p className="field"><span className="help">{about}</span></p>}
        <Fields schema={{ fields: f.fields ?? [], entity_checks: f.entity_checks }} value={(value ?? {}) as Doc} change={change} errors={errors} path={path + '.'} disabled={disabled} />
      </fieldset>
    )
  }
  return (
    <Labelled label={name} help={about} required={f.required && f.default === undefined && f.type !== 'boolean' && !f.auto} half={f.type === 'integer' || f.type === 'number' || f.type === 'boolean' || !!f.one_of} flat={f.type === 'boolean' && (f.default !== undefined || f.required)}
      group={isList(f) && !simple(f.elements) || isList(f) && !!f.elements?.one_of || f.type === 'map'} error={fault(errors, path, isList(f) && simple(f.elements) || f.type === 'map' || f.type === 'foreign')}>
      {(id, notes, invalid) => <Control id={id} shape={f} name={f.name} label={name} value={value} change={change} path={path} errors={errors} about={notes} invalid={invalid} disabled={disabled} />}
    </Labelled>
  )
}

/** fault is a field's error, or, where the control shows no places for those of its parts, the first of these. */
export function fault(errors: Errors, path: string, parts = false): string | undefined {
  return errors[path] ?? (parts ? Object.entries(errors).find(([k]) => k.startsWith(path + '.'))?.[1] : undefined)
}

/** words makes a label of a name: connect_timeout is Connect timeout. */
export function words(name: string): string {
  const s = name.replaceAll('_', ' ')
  const caps = new Set(['id', 'ip', 'tls', 'ssl', 'url', 'uri', 'http', 'https', 'sni', 'snis', 'ttl', 'dns', 'jwt', 'ca', 'udp', 'tcp', 'json', 'db'])
  return s.split(' ').map((w, i) => caps.has(w) ? w.toUpperCase().replace('SNIS', 'SNIs') : i === 0 ? w.charAt(0).toUpperCase() + w.slice(1) : w).join(' ')
}

type LabelledProps = { label: string; help?: string; error?: string; required?: boolean; flat?: boolean; half?: boolean; group?: boolean; children: (id: string, about: string | undefined, invalid: boolean) => ReactNode }

/** A control with its label, what it is for, and what is wrong with it. */
export function Labelled({ label, help, error, required, flat, half, group, children }: LabelledProps) {
  const t = useCommon()
  const id = useId()
  const about = [help && id + 'h', error && id + 'e'].filter(Boolean).join(' ') || undefined
  const text = <>{label}{required && <span className="needed" title={t.required} aria-hidden="true">*</span>}</>
  const notes = <>{help && <span className="help" id={id + 'h'}>{help}</span>}{error && <span className="wrong" id={id + 'e'} role="alert">{error}</span>}</>
  const name = half ? 'field half' : 'field'
  if (flat) {
    return <div className={name + ' flat'}>{children(id, about, !!error)}<div className="field grow"><label className="label" htmlFor={id}>{text}</label>{notes}</div></div>
  }
  if (group) return <div className={name} role="group" aria-labelledby={id + 'l'}><span className="label" id={id + 'l'}>{text}</span>{children(id, about, !!error)}{notes}</div>
  return <div className={name}><label className="label" htmlFor={id}>{text}</label>{children(id, about, !!error)}{notes}</div>
}
