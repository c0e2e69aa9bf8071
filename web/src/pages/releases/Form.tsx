import { useMemo } from 'react'
import { useEntities } from '../../api/entities'
import type { Target } from '../../api/types'
import { useTexts } from '../../i18n'
import { Segments, Slider } from '../../ui/bits'
import type { Body } from '../../ui/Editor'
import { Fields, Labelled } from '../../ui/form/Fields'
import { Picker } from '../../ui/form/Picker'
import { editable, fieldsOf, type Doc } from '../../ui/form/schema'
import { en } from './en'
import { zh } from './zh'

type Of = 'service' | 'upstream'
type By = Of | 'version'

const own = ['name', 'service', 'upstream', 'candidate', 'percentage', 'guard']
const idOf = (v: unknown) => (v as { id?: string } | null | undefined)?.id || undefined

/** What one asks of a release: of what, which version is the new one, for how many, and what takes it back. The schema's other fields come behind. */
export function Form({ schema, value, change, errors, disabled }: Body) {
  const t = useTexts({ en, zh })
  const fields = editable(fieldsOf(schema))
  const named = (name: string) => fields.filter(f => f.name === name)
  const of: Of = value.upstream ? 'upstream' : 'service'
  const guard = named('guard')[0]
  return (
    <>
      <Fields schema={{ fields: [] }} fields={named('name')} main={['name']} value={value} change={change} errors={errors} disabled={disabled} />
      <Labelled label={t.ofWhat} group>
        {() => <fieldset disabled={disabled}><Segments<Of> label={t.ofWhat} value={of} change={k => change({ ...value, service: null, upstream: null, [k]: { id: '' } })} options={[{ value: 'service', text: t.kinds.service }, { value: 'upstream', text: t.kinds.upstream }]} /></fieldset>}
      </Labelled>
      <Labelled label={t.kinds[of]} help={t.ofHelp[of]} error={errors[of] ?? errors[of + '.id'] ?? errors['']} required>
        {(id, about, bad) => <Picker id={id} kind={`${of}s`} value={idOf(value[of])} change={v => change({ ...value, [of]: { id: v ?? '' } })} about={about} invalid={bad} disabled={disabled} />}
      </Labelled>
      <Candidate value={(value.candidate ?? {}) as Doc} change={candidate => change({ ...value, candidate })} errors={errors} disabled={disabled} />
      <Labelled label={t.share} help={t.shareHelp} error={errors.percentage} group>
        {() => <Slider value={Number(value.percentage ?? 0)} change={percentage => change({ ...value, percentage })} step={0.5} unit="%" label={t.percentage} disabled={disabled} />}
      </Labelled>
      {guard && (
        <fieldset className="record" disabled={disabled}>
          <legend>{t.guard}</legend>
          <Labelled label={t.guardOn} flat error={errors.guard}>
            {id => <input id={id} type="checkbox" role="switch" className="switch" checked={!!value.guard} onChange={e => change({ ...value, guard: e.target.checked ? { ...usualGuard } : null })} />}
          </Labelled>
          {!!value.guard && <Fields schema={{ fields: guard.fields ?? [] }} main={['max_error_rate', 'max_p95']} labels={t.guardFields} value={value.guard as Doc} change={g => change({ ...value, guard: g })} errors={errors} path="guard." disabled={disabled} />}
        </fieldset>
      )}
      <Fields schema={{ fields: [] }} fields={fields.filter(f => !own.includes(f.name) && f.name !== 'id')} main={[]} value={value} change={change} errors={errors} disabled={disabled} />
    </>
  )
}

/** What takes a new release back where nobody has said something else. */
export const usualGuard = { max_error_rate: 5 }

// The new version is one of three things; only that one is asked for.
function Candidate({ value, change, errors, disabled }: Pick<Body, 'value' | 'change' | 'errors' | 'disabled'>) {
  const t = useTexts({ en, zh })
  const targets = useEntities<Target>('targets')
  const versions = useMemo(() => [...new Set(targets.rows.map(x => x.version).filter(v => v))], [targets.rows])
  const by: By = value.upstream ? 'upstream' : typeof value.version === 'string' ? 'version' : 'service'
  const choose = (k: By) => change({ ...value, service: null, upstream: null, version: k === 'version' ? '' : null, ...(k === 'version' ? {} : { [k]: { id: '' } }) })
  const fault = errors[`candidate.${by}`] ?? errors[`candidate.${by}.id`] ?? errors.candidate
  return (
    <fieldset className="record" disabled={disabled}>
      <legend>{t.candidate}</legend>
      <Segments<By> label={t.candidateBy} value={by} change={choose} options={[{ value: 'service', text: t.by.service }, { value: 'upstream', text: t.by.upstream }, { value: 'version', text: t.by.version }]} />
      <Labelled label={t.kinds[by]} help={t.byHelp[by]} error={fault} required>
        {(id, about, bad) => by === 'version'
          ? (
            <>
              <input id={id} className="input" list={id + 'v'} autoComplete="off" spellCheck={false} aria-describedby={about} aria-invalid={bad || undefined} value={String(value.version ?? '')} onChange={e => change({ ...value, version: e.target.value })} />
              <datalist id={id + 'v'}>{versions.map(v => <option key={v} value={v} />)}</datalist>
            </>
          )
          : <Picker id={id} kind={`${by}s`} value={idOf(value[by])} change={v => change({ ...value, [by]: { id: v ?? '' } })} about={about} invalid={bad} disabled={disabled} />}
      </Labelled>
    </fieldset>
  )
}
