import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '请求解释', sub: '一个请求现在会怎样、为什么。不会真的发送。',
  request: '请求', hint: '粘贴 curl 命令，或方法加网址', client: '客户端地址', consumer: '消费者', consumerHint: '已认证身份，可不填', run: '解释',
  recent: '最近的请求', noRecent: '最近一分钟没有请求。', recentHint: '点选一个来解释。', unread: what => `无法读懂：${what}`,
  asRead: '理解为', route: '路由', tried: n => `此前试过 ${n} 条路由`, skipped: n => `另有 ${n} 条的主机或路径不符`, none: '没有匹配的路由', noneText: '网关返回 404。', match: '匹配',
  kindClass: '客户端类别', plugins: '插件（按执行顺序）', noPlugins: '没有插件作用于此请求。', skips: '不起作用', scope: s => s, forSome: s => `仅 ${s}`,
  release: '灰度发布', decides: '决定', candidate: '新版本', baseline: '旧版本', service: '服务', sent: '请求', host: '主机头', upstream: '上游', targets: '目标', leftOut: '不选', ends: status => `网关自己返回 ${status}`, by: p => `由 ${p}`, result: '结果', goes: where => `转发到 ${where}`, revision: n => `按修订 ${n}`,
}
