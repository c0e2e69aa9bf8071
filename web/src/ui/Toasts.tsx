import { useEffect, useRef } from 'react'
import { Store, useStore } from '../api/store'
import { useCommon } from '../i18n/common'
import { Button } from './Button'
import { Icon } from './Icon'

type Toast = { id: number; tone: 'good' | 'bad'; text: string }

const toasts = new Store<Toast[]>([])
let last = 0

/** toast tells what has been done, or what has failed. */
export function toast(text: string, tone: Toast['tone'] = 'good') {
  const one = { id: ++last, tone, text }
  toasts.set([...toasts.get().slice(-3), one])
  setTimeout(() => drop(one.id), tone === 'bad' ? 12_000 : 5000)
}

const drop = (id: number) => toasts.set(toasts.get().filter(t => t.id !== id))

export function Toasts() {
  const t = useCommon()
  const list = useStore(toasts)
  const me = useRef<HTMLDivElement>(null)
  // As a popover it lies above a modal dialog that is open already.
  useEffect(() => {
    const d = me.current
    if (!d?.showPopover) return
    if (d.matches(':popover-open')) d.hidePopover()
    if (list.length) d.showPopover()
  }, [list])
  return (
    <div className="toasts" ref={me} popover="manual" role="status" aria-live="polite">
      {list.map(x => (
        <div key={x.id} className={`toast ${x.tone}`}>
          <Icon name={x.tone === 'good' ? 'check' : 'warn'} /><p>{x.text}</p>
          <Button look="quiet" small icon="close" aria-label={t.close} onClick={() => drop(x.id)} />
        </div>
      ))}
    </div>
  )
}
