import { useMemo, useState, type ReactNode } from 'react'
import { useEntities, type Kind } from '../api/entities'
import { useMay } from '../api/session'
import type { Document } from '../api/types'
import { useOpen } from '../app/router'
import { ago, number, time } from '../i18n'
import { useCommon } from '../i18n/common'
import { Bones, Empty, Failed, Page } from './bits'
import { Button } from './Button'
import { Editor, type Body } from './Editor'
import { Menu, type Act } from './Menu'
import { Removal } from './Removal'
import { Table, type Column } from './table/Table'
import { titleOf } from './title'
import type { IconName } from './Icon'

export type EntityTexts = {
  title: string
  create: string
  edit: (name: string) => string
  made: (name: string) => string
  changed: (name: string) => string
  removed: (name: string) => string
  what: (name: string) => string
  emptyTitle: string
  empty: string
}

type Props<T extends Document> = {
  kind: Kind
  texts: EntityTexts
  icon: IconName
  columns: Column<T>[]
  /** Fields to begin with in the form. */
  main?: string[]
  /** What a row does, if not open the form. */
  open?: (row: T) => void
  acts?: (row: T) => Act[]
  head?: (row: T) => ReactNode
  labels?: Record<string, string>
  /** What a new one begins with. */
  initial?: Record<string, unknown>
  /** The form, if the schema's is not enough. */
  body?: (p: Body) => ReactNode
  /** What comes when a new one has been made. */
  made?: (doc: Document) => void
}

/** A page that lists all of a kind, and makes, edits and deletes them. ?open=ID and ?open=new show the form. */
export function EntityPage<T extends Document>({ kind, texts: t, icon, columns, main, open, acts, head, labels, initial, body, made }: Props<T>) {
  const common = useCommon()
  const list = useEntities<T>(kind)
  const [shown, show] = useOpen()
  const [gone, setGone] = useState<T>()
  const may = useMay('operator')

  const all = useMemo((): Column<T>[] => [
    ...columns,
    { key: 'changed', title: common.changed, width: '118px', wide: true, value: r => r.updated_at, text: () => '', cell: r => <span className="dim cut" title={time(r.updated_at)}>{ago(r.updated_at)}</span> },
    ...(may || acts ? [{
      key: 'acts', title: '', width: '44px', end: true,
      cell: (r: T) => <Menu label={`${common.actions}: ${titleOf(r)}`} acts={[
        ...acts?.(r) ?? [],
        ...may ? [{ text: common.edit, icon: 'edit' as const, run: () => show(r.id) }, { text: common.remove, icon: 'trash' as const, danger: true, run: () => setGone(r) }] : [],
      ]} />,
    } satisfies Column<T>] : []),
  ], [columns, common, may, acts, show])

  const create = may && <Button look="main" icon="plus" onClick={() => show('new')}>{t.create}</Button>
  const row = list.byId.get(shown)
  return (
    <Page title={t.title} sub={list.state === 'ready' && number(list.rows.length)} acts={create} fill>
      {list.state === 'failed' ? <Failed error={list.error} /> : list.state === 'loading' ? <Bones lines={8} /> : (
        <Table label={t.title} rows={list.rows} columns={all} id={r => r.id} open={open ?? (r => show(r.id))} sort={{ key: columns[0].key, down: false }}
          empty={<Empty icon={icon} title={t.emptyTitle} action={create}>{t.empty}</Empty>} />
      )}
      {shown && <Editor key={shown} kind={kind} id={shown === 'new' ? undefined : shown} main={main} labels={labels} body={body} done={shown === 'new' ? doc => { if (doc) made?.(doc) } : undefined} initial={shown === 'new' ? initial : undefined} title={shown === 'new' ? t.create : t.edit(titleOf(row))}
        said={shown === 'new' ? t.made : t.changed} close={() => show('')} head={row && head ? () => head(row) : undefined} />}
      {gone && <Removal kind={kind} id={gone.id} name={t.what(titleOf(gone))} said={t.removed(titleOf(gone))} close={() => setGone(undefined)} />}
    </Page>
  )
}
