import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '审计', when: '时间', who: '操作者', event: '事件', about: '对象', from: '来源地址', why: '详情', nobody: '未知', gateway: '网关',
  anybody: '所有人', kind: '事件类型', allKinds: '全部事件', person: '操作者', refresh: '重新加载',
  sub: '所有节点的配置变更，以及本节点的登录、用户与共享内存操作',
  kinds: { change: '配置变更', access: '登录', refused: '被拒绝', users: '用户与令牌', memory: '共享内存' },
  events: {
    change: '变更配置', login: '登录', logout: '退出登录', login_failed: '登录被拒绝', user_created: '创建用户', user_changed: '修改用户', user_removed: '删除用户',
    token_created: '创建令牌', token_removed: '删除令牌', entry_dropped: '删除字典条目',
  },
  revision: n => `修订版 ${n}`,
  emptyTitle: '还没有任何事件', empty: '谁修改了配置、谁登录、谁被拒绝，都记录在此。',
  noneTitle: '没有此类事件', none: '已加载的事件中没有此类事件，更早的记录中可能有。', clear: '显示全部事件',
  at: '时间', toRevision: '查看变更',
  older: '显示更早的事件', all: n => `已全部显示，共 ${n} 个事件。`, loaded: n => `${n} 个事件，最新的在前`,
}
