import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '日志', sub: '本节点写入的日志行，实时显示。', log: '日志', level: '最低级别', any: '全部', pause: '暂停', resume: '继续', waiting: '还没有日志行。', none: '没有日志', noneText: '配置中没有可以跟踪的日志。', gap: '有些行来得太快，未显示', broken: '连接断开，正在重试', filter: '筛选日志行', lines: n => `${n} 行`,
}
