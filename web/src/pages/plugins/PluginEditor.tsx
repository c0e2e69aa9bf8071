import { useMemo } from 'react'
import type { Document } from '../../api/types'
import { useFixed } from '../../api/use'
import { useTexts } from '../../i18n'
import { useSchemaWords } from '../../i18n/schema'
import { Segments } from '../../ui/bits'
import { Editor, type Body } from '../../ui/Editor'
import { Fields, Labelled } from '../../ui/form/Fields'
import { Picker } from '../../ui/form/Picker'
import { editable, fieldsOf, type Doc, type Field, type Schema } from '../../ui/form/schema'
import { en } from './en'
import { zh } from './zh'

type Scope = 'route' | 'service' | 'consumer'
const scopes: Scope[] = ['service', 'route', 'consumer']

type Props = { name: string; id?: string; initial?: Doc; close: () => void; done?: (d: Document | undefined) => void }

/** A plugin's form: whose requests it works for, its own settings, and what all plugins have. */
export function PluginEditor({ name, id, initial, close, done }: Props) {
  const t = useTexts({ en, zh })
  const common = useFixed<Schema>('/schemas/plugins')
  const begin = useMemo(() => ({ name, ...initial }), [name, initial])
  return (
    <Editor kind="plugins" id={id} schema={`/schemas/plugins/${name}`} initial={begin} title={id ? t.edit(name) : t.newOne(name)} said={id ? () => t.changed(name) : () => t.made(name)} close={close} done={done}
      body={p => <Form {...p} shared={common.data} />} />
  )
}

function Form({ schema, value, change, errors, disabled, shared }: Body & { shared?: Schema }) {
  const t = useTexts({ en, zh })
  const said = useSchemaWords()
  const own = fieldsOf(schema)
  const config = own.find(f => f.name === 'config')
  // A plugin that names one of these forbids it.
  const open = scopes.filter(s => !own.some(f => f.name === s && f.eq === null))
  const rest = useMemo((): Field[] => {
    const all = editable(fieldsOf(shared)).filter(f => ['instance_name', 'enabled', 'tags'].includes(f.name))
    return [...all, ...own.filter(f => f.name === 'protocols')]
  }, [shared, schema])
  return (
    <>
      {config?.description && <p className="dim">{said.about(config.description)}</p>}
      <ScopeField scopes={open} value={value} change={change} disabled={disabled} errors={errors} />
      {config && (config.fields?.length ?? 0) > 0 && (
        <>
          <h3 className="part">{t.config}</h3>
          <Fields schema={{ fields: config.fields ?? [], entity_checks: config.entity_checks }} value={(value.config ?? {}) as Doc} change={c => change({ ...value, config: c })} errors={errors} path="config." disabled={disabled} />
        </>
      )}
      <h3 className="part">{t.general}</h3>
      <Fields schema={{ fields: [] }} fields={rest} main={['enabled', 'instance_name']} value={value} change={change} errors={errors} disabled={disabled} />
    </>
  )
}

// Of which service, route or consumer; one at a time is what people mean, more can be set where there are more already.
function ScopeField({ scopes: list, value, change, errors, disabled }: { scopes: Scope[]; value: Doc; change: (v: Doc) => void; errors: Record<string, string>; disabled?: boolean }) {
  const t = useTexts({ en, zh })
  const set = list.filter(s => value[s] !== undefined && value[s] !== null)
  const now = set[0] ?? 'all'
  const choose = (s: Scope | 'all') => {
    const next = { ...value }
    for (const k of scopes) next[k] = null
    if (s !== 'all') next[s] = { id: '' }
    change(next)
  }
  return (
    <>
      <Labelled label={t.chooseScope} group>
        {() => <fieldset disabled={disabled}><Segments label={t.chooseScope} value={now} change={choose} options={[{ value: 'all' as const, text: t.everywhere }, ...list.map(s => ({ value: s, text: t.of[s] }))]} /></fieldset>}
      </Labelled>
      {set.map(s => (
        <Labelled key={s} label={t.also(t.kinds[s])} error={errors[s] ?? errors[s + '.id']}>
          {(id, about, bad) => <Picker id={id} kind={`${s}s`} value={(value[s] as { id: string }).id || undefined} change={v => change({ ...value, [s]: { id: v ?? '' } })} about={about} invalid={bad} disabled={disabled} />}
        </Labelled>
      ))}
    </>
  )
}
