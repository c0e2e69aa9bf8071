import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import { Button } from './Button'
import { Icon, type IconName } from './Icon'

export type Act = { text: string; icon?: IconName; danger?: boolean; run: () => void }

/** A button that opens a list of acts. The list is made when it is opened: a table has many of these. */
export function Menu({ label, acts, icon = 'more' }: { label: string; acts: Act[]; icon?: IconName }) {
  const id = useId()
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLSpanElement>(null)
  // The browser closes the list before the click that would close it arrives.
  const was = useRef(false)
  return (
    <span ref={button} onClick={e => e.stopPropagation()} onPointerDown={() => { was.current = open }}>
      <Button look="quiet" small icon={icon} aria-label={label} aria-haspopup="menu" aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => { setOpen(!open && !was.current); was.current = false }} />
      {open && <Choices id={id} label={label} acts={acts} at={button.current!} close={() => setOpen(false)} />}
    </span>
  )
}

function Choices({ id, label, acts, at, close }: { id: string; label: string; acts: Act[]; at: HTMLElement; close: () => void }) {
  const list = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const d = list.current!
    d.showPopover()
    const r = at.getBoundingClientRect()
    d.style.left = Math.max(8, Math.min(r.right - d.offsetWidth, innerWidth - d.offsetWidth - 8)) + 'px'
    d.style.top = (r.bottom + d.offsetHeight + 8 > innerHeight ? r.top - d.offsetHeight - 4 : r.bottom + 4) + 'px'
    ;(d.firstElementChild as HTMLElement | null)?.focus()
    const shut = (e: ToggleEvent) => { if (e.newState === 'closed') close() }
    d.addEventListener('toggle', shut as EventListener)
    return () => d.removeEventListener('toggle', shut as EventListener)
  }, [])
  const back = () => at.querySelector<HTMLElement>('button')?.focus()
  const keys = (e: KeyboardEvent) => {
    const all = [...list.current!.children] as HTMLElement[]
    const now = all.indexOf(document.activeElement as HTMLElement)
    const to = e.key === 'ArrowDown' ? now + 1 : e.key === 'ArrowUp' ? now - 1 : e.key === 'Home' ? 0 : e.key === 'End' ? all.length - 1 : -9
    e.stopPropagation()
    if (e.key === 'Escape' || e.key === 'Tab') {
      e.preventDefault()
      close()
      back()
    }
    if (to === -9) return
    e.preventDefault()
    all[(to + all.length) % all.length].focus()
  }
  return (
    <div id={id} ref={list} className="menu" popover="auto" role="menu" aria-label={label} onKeyDown={keys}>
      {acts.map(a => (
        <button key={a.text} type="button" role="menuitem" tabIndex={-1} className={a.danger ? 'danger' : ''} onClick={() => { close(); back(); a.run() }}>
          {a.icon && <Icon name={a.icon} size={14} />}{a.text}
        </button>
      ))}
    </div>
  )
}
