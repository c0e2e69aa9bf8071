import { useEffect, useMemo, useState } from 'react'
import { del, get, part, type ApiError } from '../../api/client'
import { useMay } from '../../api/session'
import { useGet } from '../../api/use'
import { useOpen } from '../../app/router'
import { bytes, number, seconds, useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import { Bones, Empty, explain, Failed } from '../../ui/bits'
import { Button } from '../../ui/Button'
import { Sheet } from '../../ui/Sheet'
import { Table, type Column } from '../../ui/table/Table'
import { toast } from '../../ui/Toasts'
import { en } from './en'
import './inspect.css'
import { zh } from './zh'

type Dict = { name: string; capacity: number; free: number; keys: number }
type Entry = { key: string; type: string; value: unknown; size: number; expires_in: number | null }

export function Dicts() {
  const t = useTexts({ en, zh })
  const list = useGet<{ data: Dict[] }>('/inspect/dicts')
  const [open, show] = useOpen('dict')
  const may = useMay('operator')
  const columns = useMemo((): Column<Dict>[] => [
    { key: 'name', title: t.name, width: 'minmax(96px, 1.5fr)', value: d => d.name, cell: d => <b className="cut mono">{d.name}</b> },
    { key: 'used', title: t.used, width: 'minmax(176px, 2fr)', value: d => 1 - d.free / d.capacity, text: () => '', cell: d => <><Used share={1 - d.free / d.capacity} /><span className="dim small">{bytes(d.capacity - d.free)} / {bytes(d.capacity)}</span></> },
    { key: 'keys', title: t.keys, width: '68px', end: true, value: d => d.keys, text: () => '', cell: d => number(d.keys) },
  ], [t])
  if (list.error) return <Failed error={list.error} again={list.again} />
  if (!list.data) return <Bones lines={5} />
  const dict = list.data.data.find(d => d.name === open)
  if (dict && may) return <Entries dict={dict} back={() => show('')} />
  return <Table label={t.dicts} rows={list.data.data} columns={columns} id={d => d.name} open={may ? d => show(d.name) : undefined} sort={{ key: 'name', down: false }} filter={list.data.data.length > 8}
    empty={<Empty icon="inspect" title={t.noDicts}>{t.noDictsText}</Empty>} />
}

export const Used = ({ share }: { share: number }) => <span className={`used ${share > 0.95 ? 'bad' : share > 0.8 ? 'warn' : ''}`} aria-hidden="true"><i style={{ width: `${100 * Math.min(1, Math.max(0, share))}%` }} /></span>

function Entries({ dict, back }: { dict: Dict; back: () => void }) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  const [prefix, setPrefix] = useState('')
  const [rows, setRows] = useState<Entry[]>()
  const [offset, setOffset] = useState('')
  const [failed, setFailed] = useState<ApiError>()
  const [gone, setGone] = useState<Entry>()
  const load = async (from: string, signal?: AbortSignal) => {
    try {
      const page = await get<{ data: Entry[]; offset?: string }>(`/inspect/dicts/${part(dict.name)}`, { prefix, size: 200, offset: from }, signal)
      setRows(old => from ? [...old ?? [], ...page.data] : page.data)
      setOffset(page.offset ?? '')
    } catch (e) {
      if (!signal?.aborted) setFailed(e as ApiError)
    }
  }
  useEffect(() => {
    const end = new AbortController()
    const timer = setTimeout(() => void load('', end.signal), prefix ? 250 : 0)
    return () => { clearTimeout(timer); end.abort() }
  }, [dict.name, prefix])
  const drop = async (e: Entry) => {
    try {
      await del(`/inspect/dicts/${part(dict.name)}/${part(e.key)}`)
      toast(t.dropped(e.key))
      setRows(old => old?.filter(x => x.key !== e.key))
    } catch (err) {
      toast(explain(err, common), 'bad')
    }
    setGone(undefined)
  }
  const columns = useMemo((): Column<Entry>[] => [
    { key: 'key', title: t.key, width: 'minmax(130px, 1.5fr)', value: e => e.key, cell: e => <span className="mono cut" title={e.key}>{e.key}</span> },
    { key: 'type', title: t.type, width: '84px', wide: true, value: e => e.type, cell: e => <span className="dim">{e.type}</span> },
    { key: 'value', title: t.value, width: 'minmax(130px, 2fr)', value: e => String(e.value), cell: e => <span className="mono cut" title={String(e.value)}>{e.type === 'list' ? t.list(number(e.size)) : String(e.value)}</span> },
    { key: 'expires', title: t.expires, width: '100px', wide: true, end: true, value: e => e.expires_in ?? Infinity, text: () => '', cell: e => e.expires_in == null ? <span className="off">{t.never}</span> : seconds(e.expires_in) },
    { key: 'acts', title: '', width: '44px', end: true, cell: e => <Button look="quiet" small icon="trash" aria-label={`${t.drop}: ${e.key}`} onClick={x => { x.stopPropagation(); setGone(e) }} /> },
  ], [t])
  if (failed) return <Failed error={failed} again={() => { setFailed(undefined); void load('') }} />
  return (
    <>
      <div className="log-tools">
        <Button icon="left" onClick={back}>{t.back}</Button><b className="mono">{dict.name}</b>
        <input className="input" type="search" value={prefix} onChange={e => setPrefix(e.target.value)} placeholder={t.prefix} aria-label={t.prefix} />
        {offset && <Button onClick={() => void load(offset)}>{t.more}</Button>}
      </div>
      {!rows ? <Bones lines={6} /> : <Table label={dict.name} rows={rows} columns={columns} id={e => e.key} filter={false} empty={<Empty icon="inspect" title={t.noEntries} />} />}
      {gone && <Sheet title={t.dropTitle(gone.key)} close={() => setGone(undefined)} submit={() => void drop(gone)} foot={<><Button onClick={() => setGone(undefined)}>{common.cancel}</Button><Button look="danger" type="submit" data-first>{t.drop}</Button></>}><p>{t.dropText}</p></Sheet>}
    </>
  )
}
