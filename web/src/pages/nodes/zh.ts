import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '节点', sub: '使用同一份配置提供服务的机器。', node: '节点', self: '本机', state: '状态', states: { serving: '服务中', draining: '排空中', gone: '已离线' },
  revision: '修订版', workers: '工作进程', rate: '请求/秒', seen: '最近在线', version: '版本', started: '启动于', address: '管理 API', alone: '只有一个节点', aloneText: '使用 etcd:// 存储时，多个节点共享同一份配置，并显示在此。',
  addresses: '虚拟地址', instance: '实例', owner: '持有者', priority: '优先级', since: '自', on: '在', none: '没有虚拟地址', noneText: '当 keepalived 与 Web 服务器一起运行时，这里显示谁持有哪个地址。',
  vstates: { MASTER: '主', BACKUP: '备', FAULT: '故障', INIT: '启动中', DRAINING: '排空中' }, drained: '已排空', drain: '排空', undrain: '收回', behind: '落后',
  drainTitle: (name, node) => `在 ${node} 上排空 ${name}？`, drainText: '先请客户端重新连接，然后地址转到另一台机器；在您收回之前不再持有。', onlyOne: '没有看到其他可以接管这些地址的节点：如果确实没有，将无人应答。', drainedSaid: name => `${name} 正在移交。`,
  undrainTitle: (name, node) => `让 ${node} 重新持有 ${name}？`, undrainText: '按优先级，它可能立即接管地址。', undrainedSaid: name => `${name} 可以重新持有地址了。`,
}
