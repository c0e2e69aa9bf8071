import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '插件', inUse: '使用中', catalogue: '插件目录', tabs: '插件列表', add: '添加插件',
  name: '插件', scope: '作用范围', state: '状态', tags: '标签', instance: '名称',
  emptyTitle: '没有使用中的插件', empty: '插件处理请求：要求密钥、限流、改写、记录日志。请从目录中选择。',
  find: '查找插件', used: n => `使用 ${n} 处`, none: '没有匹配的插件。',
  newOne: name => `添加 ${name}`, edit: name => `插件 ${name}`, made: name => `插件 ${name} 已添加。`, changed: name => `插件 ${name} 已修改。`,
  removed: name => `插件 ${name} 已移除。`, what: name => `插件 ${name}`,
  everywhere: '所有请求', of: { service: '某个服务', route: '某条路由', consumer: '某个消费者' },
  kinds: { service: '服务', route: '路由', consumer: '消费者' },
  general: '常规', config: '设置', chooseScope: '对哪些请求生效', also: kind => `仅限此${kind}`,
  turnOff: name => `停用 ${name}？`, turnOn: name => `启用 ${name}？`, off: '停用', on: '启用', turned: name => `插件 ${name} 已修改。`,
  groups: { auth: '身份认证', security: '访问控制', limits: '流量限制', change: '改写请求和响应', traffic: '流量去向', watch: '日志与指标', other: '其他' },
}
