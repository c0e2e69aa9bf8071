import { useId, useMemo, useState } from 'react'
import { useEntities } from '../../api/entities'
import { useMay } from '../../api/session'
import type { Document } from '../../api/types'
import { useArgument, useOpen } from '../../app/router'
import { number, useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Bones, Empty, Failed, Page, panel, Tabs, Tags } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Editor } from '../../ui/Editor'
import { Menu } from '../../ui/Menu'
import { Removal } from '../../ui/Removal'
import { Sheet } from '../../ui/Sheet'
import { Table, type Column } from '../../ui/table/Table'
import './certificates.css'
import { en } from './en'
import { CaForm, Form } from './Form'
import { Chain, Expiry, Facts, Warnings } from './Shown'
import { chain, common as commonName, type Certificate } from './x509'
import { zh } from './zh'

type Entity = Document & { cert: string; cert_alt?: string | null; snis?: string[] }
type Row = { doc: Entity; all: Certificate[] }
type Tab = 'certificates' | 'ca_certificates'

const main = (r: Row) => r.doc.snis?.[0] ?? (r.all[0] ? commonName(r.all[0].subject) : r.doc.id.slice(0, 8))

/** Certificates with their server names, and those of authorities. ?tab= and ?open=ID show one. */
export default function Certificates() {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const id = useId()
  const [chosen, choose] = useArgument('tab')
  const tab: Tab = chosen === 'ca' ? 'ca_certificates' : 'certificates'
  const ca = tab === 'ca_certificates'
  const lists = { certificates: useEntities<Entity>('certificates'), ca_certificates: useEntities<Entity>('ca_certificates') }
  const list = lists[tab]
  const [open, setOpen] = useOpen()
  const [edit, setEdit] = useState<string>()
  const [gone, setGone] = useState<Row>()
  const may = useMay('operator')

  const rows = useMemo((): Row[] => list.rows.map(doc => ({ doc, all: chain(doc.cert) })), [list.rows])
  const columns = useMemo((): Column<Row>[] => {
    const servers: Column<Row> = {
      key: 'servers', title: t.servers, width: 'minmax(130px, 2.2fr)', value: r => r.doc.snis?.[0], text: r => `${r.doc.snis?.join(' ') ?? ''} ${r.all[0]?.names.join(' ') ?? ''} ${r.doc.id}`,
      cell: r => r.doc.snis?.length ? <Tags list={r.doc.snis} most={2} /> : <span className="dim">{t.noServers}</span>,
    }
    return [
      ...ca ? [] : [servers],
      { key: 'subject', title: t.subject, width: 'minmax(120px, 1.2fr)', wide: !ca, value: r => r.all[0]?.subject, cell: r => <span className="cut" title={r.all[0]?.subject}>{r.all[0] ? commonName(r.all[0].subject) : '–'}</span> },
      { key: 'issuer', title: t.issuer, width: 'minmax(120px, 1fr)', wide: true, value: r => r.all[0]?.issuer, cell: r => r.all[0]?.selfSigned ? <span className="dim">{t.selfSigned}</span> : <span className="cut dim" title={r.all[0]?.issuer}>{r.all[0] ? commonName(r.all[0].issuer) : '–'}</span> },
      { key: 'key', title: t.key, width: '112px', wide: true, value: r => r.all[0]?.key, cell: r => r.all[0]?.key ?? '–' },
      { key: 'expires', title: t.expires, width: 'minmax(148px, 170px)', value: r => r.all[0]?.until, text: () => '', cell: r => r.all[0] ? <Expiry c={r.all[0]} /> : <span className="warn cut">–</span> },
      ...may ? [{
        key: 'acts', title: '', width: '44px', end: true,
        cell: (r: Row) => <Menu label={`${common.actions}: ${main(r)}`} acts={[{ text: common.edit, icon: 'edit', run: () => setEdit(r.doc.id) }, { text: common.remove, icon: 'trash', danger: true, run: () => setGone(r) }]} />,
      } satisfies Column<Row>] : [],
    ]
  }, [t, common, ca, may])

  const create = may && <Button look="main" icon="plus" onClick={() => setEdit('new')}>{ca ? t.createCa : t.create}</Button>
  const shown = rows.find(r => r.doc.id === open)
  const edited = edit === 'new' ? undefined : rows.find(r => r.doc.id === edit)
  const tabs = (['certificates', 'ca_certificates'] as const).map(value => ({ value, text: <>{value === 'certificates' ? t.own : t.authorities}{lists[value].state === 'ready' && <span className="dim"> {number(lists[value].rows.length)}</span>}</> }))
  return (
    <Page title={t.title} acts={create} fill>
      <Tabs id={id} label={t.title} value={tab} tabs={tabs} change={v => { setOpen(''); choose(v === 'certificates' ? '' : 'ca') }} />
      <div {...panel(id, tab)} className="panel-of">
        {list.state === 'failed' ? <Failed error={list.error} /> : list.state === 'loading' ? <Bones lines={8} /> : (
          <Table key={tab} label={ca ? t.authorities : t.own} rows={rows} columns={columns} id={r => r.doc.id} open={r => setOpen(r.doc.id)} sort={{ key: 'expires', down: false }}
            empty={<Empty icon="certificate" title={ca ? t.emptyCaTitle : t.emptyTitle} action={create}>{ca ? t.emptyCa : t.empty}</Empty>} />
        )}
      </div>
      {shown && !edit && <One row={shown} ca={ca} close={() => setOpen('')} edit={may ? () => setEdit(shown.doc.id) : undefined} />}
      {edit && (
        <Editor key={tab + edit} kind={tab} id={edit === 'new' ? undefined : edit} title={edited ? t.edit(main(edited)) : ca ? t.createCa : t.create} body={p => ca ? <CaForm {...p} /> : <Form {...p} />}
          said={edit === 'new' ? t.made : t.changed} close={() => setEdit(undefined)} />
      )}
      {gone && <Removal kind={tab} id={gone.doc.id} name={t.what(main(gone))} said={t.removed} close={() => setGone(undefined)} />}
    </Page>
  )
}

function One({ row: { doc, all }, ca, close, edit }: { row: Row; ca: boolean; close: () => void; edit?: () => void }) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const [own, ...rest] = all
  const other = chain(doc.cert_alt)
  return (
    <Sheet as="drawer" title={main({ doc, all })} close={close} foot={<>{edit && <Button icon="edit" onClick={edit}>{common.edit}</Button>}<Button onClick={close}>{common.close}</Button></>}>
      <Warnings all={all} snis={ca ? undefined : doc.snis ?? []} />
      {!ca && doc.snis && doc.snis.length > 0 && <div className="stack"><h3>{t.servers}</h3><Tags list={doc.snis} wrap /></div>}
      {own && <Facts c={own} />}
      {rest.length > 0 && <div><h3>{t.chain}</h3><Chain rest={rest} /></div>}
      {other[0] && <div className="stack"><h3>{t.another}</h3><Facts c={other[0]} /></div>}
      {doc.tags?.length ? <div className="stack"><h3>{t.tags}</h3><Tags list={doc.tags} wrap /></div> : null}
    </Sheet>
  )
}
