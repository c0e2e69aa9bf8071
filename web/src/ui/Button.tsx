import type { ButtonHTMLAttributes, ReactNode } from 'react'
import { Icon, type IconName } from './Icon'

type Props = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> & {
  /** main is the one that the page is about; at most one is to be seen at a time. */
  look?: 'main' | 'danger' | 'quiet'
  small?: boolean
  icon?: IconName
  children?: ReactNode
}

/** A button of an icon alone needs aria-label. */
export function Button({ look, small, icon, children, className, ...rest }: Props) {
  const names = ['button', look, small && 'small', icon && !children && 'icon', className].filter(Boolean).join(' ')
  return (
    <button type="button" title={!children ? rest['aria-label'] : undefined} {...rest} className={names}>
      {icon && <Icon name={icon} size={small ? 14 : 15} />}
      {children}
    </button>
  )
}
