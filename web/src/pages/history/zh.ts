import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '变更历史', number: '编号', when: '时间', who: '操作者', why: '原因', what: '内容', from: '来源地址', gateway: '网关',
  kind: '类型', allKinds: '全部类型',
  emptyTitle: '还没有任何变更', empty: '配置的每次变更都记录在此：由谁、何时、为何修改，以及具体内容。您可以回滚到其中任何一次。',
  noneTitle: '没有此类变更', none: '已加载的修订版中没有此类变更，更早的记录中可能有。', clear: '显示全部类型',
  older: '显示更早的变更', all: n => `已全部显示，共 ${n} 个修订版。`, loaded: n => `${n} 个修订版，最新的在前`, fresh: '新的修订版会自动出现',
  revision: n => `修订版 ${n}`, missing: '没有这个修订版。', now: '当前状态',
  back: '回滚到此状态', backTitle: n => `回滚到修订版 ${n}？`,
  backNote: (n, later) => `所有配置将恢复到修订版 ${n} 时的状态，此后的 ${later} 次变更将被撤销。历史会保留，回滚本身也会成为一个新的修订版。`,
  undo: '撤销此变更', undoTitle: n => `撤销修订版 ${n}？`, undoNote: n => `所有配置将恢复到修订版 ${n} 之前的状态。历史会保留，撤销本身也会成为一个新的修订版。`,
  doBack: '回滚', done: n => `已恢复到修订版 ${n} 时的状态。`,
  plus: n => `另有 ${n} 项`, newer: '较新的修订版', before: '较早的修订版',
}
