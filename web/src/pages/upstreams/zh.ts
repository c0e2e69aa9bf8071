import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '上游', create: '新建上游', edit: name => `上游 ${name}`, made: name => `上游 ${name} 已创建。`, changed: name => `上游 ${name} 已修改。`,
  removed: name => `上游 ${name} 已删除。`, what: name => `上游 ${name}`,
  name: '名称', algorithm: '算法', targets: '目标', health: '健康状态', services: '服务',
  emptyTitle: '还没有上游', empty: '上游是一组提供相同服务的机器，即它的目标。把服务的主机填写为上游的名称，请求就会分摊到这些目标。',
  all: '全部上游', missing: '没有这个上游。', edited: '设置',
  target: '目标', weight: '权重', share: '占比', version: '版本', connections: '连接', rate: '请求/秒', p95: 'p95', errors: '错误/秒',
  addTarget: '添加目标', editTarget: name => `目标 ${name}`, targetMade: name => `目标 ${name} 已添加。`, targetChanged: name => `目标 ${name} 已修改。`,
  targetRemoved: name => `目标 ${name} 已移除。`, targetWhat: name => `目标 ${name}`,
  noTargetsTitle: '还没有目标', noTargets: '添加提供服务的机器：主机和端口，并用权重指定各自分到多少请求。',
  drain: '排空', undrain: '恢复接收请求', draining: '排空中', drained: name => `${name} 不再接收新请求，正在处理的请求会完成。`, undrained: name => `${name} 已恢复接收请求。`,
  weighed: (name, w) => `${name} 的权重：${w}`, weightOf: name => `${name} 的权重`,
  markHealthy: '标记为健康', markUnhealthy: '标记为不健康', marked: name => `${name} 已标记。`,
  states: { HEALTHY: '健康', UNHEALTHY: '不健康', DNS_ERROR: '域名无法解析', HEALTHCHECKS_OFF: '未检查' },
  healthy: (n, all) => `${n} / ${all}`, checks: '健康检查', off: '关闭', active: '主动', passive: '被动', usedBy: '使用者', nobody: '尚无服务使用', none: '没有目标',
  lastTitle: name => `排空 ${name}？`, lastNote: '这是最后一个接收请求的目标：在其他目标恢复之前，所有请求都会得到 503。',
}
