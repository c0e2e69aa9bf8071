import type { ComponentType } from 'react'
import type { Role } from './api/session'
import type { IconName } from './ui/Icon'

export type PageProps = { /** What stands behind the page's own path: /services/a/b gives ["a", "b"]. */ rest: string[] }

export type PageRow = {
  path: string
  title: { en: string; zh: string }
  icon: IconName
  /** Who sees it, if not everybody. */
  role?: Role
  load: () => Promise<{ default: ComponentType<PageProps> }>
}

/** All pages, in the order of the rail. One line is all that a page needs here. */
export const pages: { group: 'observe' | 'traffic' | 'access' | 'operate'; rows: PageRow[] }[] = [
  {
    group: 'observe',
    rows: [
    ],
  },
  {
    group: 'traffic',
    rows: [
      { path: '/routes', title: { en: 'Routes', zh: '路由' }, icon: 'route', load: () => import('./pages/routes/Page') },
    ],
  },
  {
    group: 'access',
    rows: [
    ],
  },
  {
    group: 'operate',
    rows: [
    ],
  },
]

export const rows = pages.flatMap(g => g.rows)
