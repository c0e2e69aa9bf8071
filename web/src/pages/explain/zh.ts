import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '请求诊断', sub: '一个请求现在会如何处理、为什么。不会真正发送。',
  request: '请求', hint: '粘贴 curl 命令，或方法加网址', client: '客户端地址', consumer: '消费者', consumerHint: '以该消费者身份，可不填', run: '诊断',
  recent: '最近的请求', noRecent: '打开此页面以来还没有请求。', recentHint: '点选一个进行诊断。', unread: what => `无法识别：${what}`,
  emptyTitle: '为什么被拒绝？转发到哪里？', empty: '粘贴 curl 命令，或选择一个最近的请求，这里会显示它经过网关的全过程：匹配哪条路由、执行哪些插件、转发到哪个目标，或由谁直接应答。',
  unchecked: names => `此处不检查凭证：没有正确的凭证时，${names} 会拒绝请求。可填写消费者，查看通过认证后的处理结果。`,
  asRead: '理解为', route: '路由', tried: n => `此前试过 ${n} 条路由`, skipped: n => `另有 ${n} 条的主机或路径不符`, none: '没有匹配的路由', noneText: '网关返回 404。', match: '匹配',
  kindClass: '客户端分类', plugins: '插件（按执行顺序）', noPlugins: '没有插件作用于此请求。', skips: '不参与处理', scope: s => s, forSome: s => `仅 ${s}`,
  release: '灰度发布', decides: '由它决定', candidate: '新版本', baseline: '旧版本', service: '服务', sent: '转发地址', host: 'Host 头', upstream: '上游', targets: '目标', leftOut: '已排除', ends: status => `网关直接返回 ${status}`, by: p => `由 ${p}`, result: '结果', goes: where => `转发到 ${where}`, revision: n => `依据修订版 ${n}`,
}
