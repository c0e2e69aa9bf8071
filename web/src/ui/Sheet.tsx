import { useEffect, useId, useRef, type FormEvent, type ReactNode } from 'react'
import { useCommon } from '../i18n/common'
import { Button } from './Button'

type Props = {
  title: ReactNode
  close: () => void
  /** drawer slides in at the side and is for what is edited; dialog asks something. */
  as?: 'dialog' | 'drawer'
  wide?: boolean
  foot?: ReactNode
  head?: ReactNode
  submit?: () => void
  children: ReactNode
}

/** The browser's own modal dialog: it keeps the focus, and Escape closes it. */
export function Sheet({ title, close, as = 'dialog', wide, foot, head, submit, children }: Props) {
  const t = useCommon()
  const me = useRef<HTMLDialogElement>(null)
  const label = useId()
  useEffect(() => {
    const d = me.current!
    const before = document.activeElement as HTMLElement | null
    d.showModal()
    begin(d)
    return () => {
      d.close()
      before?.focus?.()
    }
  }, [])
  const body = (
    <>
      <div className="sheet-head"><h2 id={label} tabIndex={-1}>{title}</h2>{head}<Button look="quiet" icon="close" aria-label={t.close} onClick={close} /></div>
      <div className="sheet-body">{children}</div>
      {foot && <div className="sheet-foot">{foot}</div>}
    </>
  )
  const send = (e: FormEvent) => {
    e.preventDefault()
    e.stopPropagation()
    submit?.()
  }
  return (
    <dialog ref={me} className={as + (wide ? ' wide' : '')} aria-labelledby={label}
      onCancel={e => { e.preventDefault(); if (e.target === me.current) close() }}
      onMouseDown={e => { if (e.target === me.current && as === 'dialog' && outside(e.nativeEvent, me.current)) close() }}>
      {submit ? <form onSubmit={send} noValidate>{body}</form> : <div className="inner">{body}</div>}
    </dialog>
  )
}

/** begin puts the focus where one begins: at what is marked so, or the first thing to fill in, or the title. */
export function begin(d: Element) {
  const first = d.querySelector<HTMLElement>('[data-first]:not(:disabled)') ?? d.querySelector<HTMLElement>('.sheet-body :is(input, select, textarea):not(:disabled)') ?? d.querySelector<HTMLElement>('.sheet-head h2')
  first?.focus()
}

function outside(e: MouseEvent, d: HTMLElement): boolean {
  const r = d.getBoundingClientRect()
  return e.clientX < r.left || e.clientX > r.right || e.clientY < r.top || e.clientY > r.bottom
}
