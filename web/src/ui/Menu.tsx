import { useId, useRef, type KeyboardEvent } from 'react'
import { Button } from './Button'
import { Icon, type IconName } from './Icon'

export type Act = { text: string; icon?: IconName; danger?: boolean; run: () => void }

/** A button that opens a list of acts. */
export function Menu({ label, acts, icon = 'more', look = 'quiet', small = true }: { label: string; acts: Act[]; icon?: IconName; look?: 'quiet'; small?: boolean }) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const open = (b: HTMLElement) => {
    const d = list.current!
    if (d.matches(':popover-open')) return d.hidePopover()
    d.showPopover()
    const r = b.getBoundingClientRect()
    d.style.left = Math.max(8, Math.min(r.right - d.offsetWidth, innerWidth - d.offsetWidth - 8)) + 'px'
    d.style.top = (r.bottom + d.offsetHeight + 8 > innerHeight ? r.top - d.offsetHeight - 4 : r.bottom + 4) + 'px'
    ;(d.firstElementChild as HTMLElement | null)?.focus()
  }
  const keys = (e: KeyboardEvent) => {
    const all = [...list.current!.children] as HTMLElement[]
    const at = all.indexOf(document.activeElement as HTMLElement)
    const to = e.key === 'ArrowDown' ? at + 1 : e.key === 'ArrowUp' ? at - 1 : e.key === 'Home' ? 0 : e.key === 'End' ? all.length - 1 : -9
    e.stopPropagation()
    if (to === -9) return
    e.preventDefault()
    all[(to + all.length) % all.length].focus()
  }
  return (
    <>
      <Button look={look} small={small} icon={icon} aria-label={label} aria-haspopup="menu" aria-controls={id} onClick={e => { e.stopPropagation(); open(e.currentTarget) }} />
      <div id={id} ref={list} className="menu" popover="auto" role="menu" aria-label={label} onKeyDown={keys} onClick={e => e.stopPropagation()}>
        {acts.map(a => (
          <button key={a.text} type="button" role="menuitem" className={a.danger ? 'danger' : ''} onClick={() => { list.current!.hidePopover(); a.run() }}>
            {a.icon && <Icon name={a.icon} size={14} />}{a.text}
          </button>
        ))}
      </div>
    </>
  )
}
