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
      { path: '/overview', title: { en: 'Overview', zh: '概览' }, icon: 'overview', load: () => import('./pages/overview/Page') },
      { path: '/topology', title: { en: 'Topology', zh: '拓扑' }, icon: 'topology', load: () => import('./pages/topology/Page') },
      { path: '/requests', title: { en: 'Requests', zh: '请求' }, icon: 'requests', load: () => import('./pages/requests/Page') },
      { path: '/explain', title: { en: 'Explain', zh: '请求诊断' }, icon: 'explain', load: () => import('./pages/explain/Page') },
      { path: '/logs', title: { en: 'Logs', zh: '日志' }, icon: 'logs', role: 'operator', load: () => import('./pages/logs/Page') },
    ],
  },
  {
    group: 'traffic',
    rows: [
      { path: '/services', title: { en: 'Services', zh: '服务' }, icon: 'service', load: () => import('./pages/services/Page') },
      { path: '/routes', title: { en: 'Routes', zh: '路由' }, icon: 'route', load: () => import('./pages/routes/Page') },
      { path: '/upstreams', title: { en: 'Upstreams', zh: '上游' }, icon: 'upstream', load: () => import('./pages/upstreams/Page') },
      { path: '/releases', title: { en: 'Releases', zh: '灰度发布' }, icon: 'release', load: () => import('./pages/releases/Page') },
      { path: '/client-classes', title: { en: 'Client classes', zh: '客户端分类' }, icon: 'consumer', load: () => import('./pages/classes/Page') },
      { path: '/plugins', title: { en: 'Plugins', zh: '插件' }, icon: 'plugin', load: () => import('./pages/plugins/Page') },
    ],
  },
  {
    group: 'access',
    rows: [
      { path: '/consumers', title: { en: 'Consumers', zh: '消费者' }, icon: 'consumer', load: () => import('./pages/consumers/Page') },
      { path: '/certificates', title: { en: 'Certificates', zh: '证书' }, icon: 'certificate', load: () => import('./pages/certificates/Page') },
      { path: '/users', title: { en: 'Users and roles', zh: '用户与角色' }, icon: 'users', role: 'admin', load: () => import('./pages/users/Page') },
    ],
  },
  {
    group: 'operate',
    rows: [
      { path: '/nodes', title: { en: 'Nodes', zh: '节点' }, icon: 'nodes', load: () => import('./pages/nodes/Page') },
      { path: '/inspect', title: { en: 'Inspect', zh: '运行数据' }, icon: 'inspect', load: () => import('./pages/inspect/Page') },
      { path: '/history', title: { en: 'History', zh: '变更历史' }, icon: 'history', load: () => import('./pages/history/Page') },
      { path: '/audit', title: { en: 'Audit', zh: '审计' }, icon: 'audit', load: () => import('./pages/audit/Page') },
      { path: '/settings', title: { en: 'Settings', zh: '设置' }, icon: 'settings', load: () => import('./pages/settings/Page') },
    ],
  },
]

export const rows = pages.flatMap(g => g.rows)
