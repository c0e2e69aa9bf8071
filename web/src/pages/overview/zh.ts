import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '概览', rate: '请求', perSecond: '/秒', latency: '延迟', errors: '错误', connections: '连接', traffic: '流量', in: '入', out: '出',
  client: '客户端', gateway: '网关', upstream: '服务',
  errorsBy: '错误来源', statuses: '响应', requestsChart: '每秒请求数', latencyChart: '延迟',
  active: '活跃', waiting: '空闲', accepted: n => `新建 ${n}/秒`,
  workers: '工作进程', worker: '进程', cpu: 'CPU', memory: '内存', state: '状态', conns: '连接', reqs: '请求/秒', errs: '错误/秒',
  busiest: '最繁忙的路由', services: '最繁忙的服务', route: '路由', service: '服务', none: '最近一秒没有请求。',
  addresses: '虚拟地址', states: { MASTER: '主', BACKUP: '备', FAULT: '故障', INIT: '启动中', DRAINING: '排空中' }, owner: '持有者', since: '自', node: n => `节点 ${n}`, revision: n => `修订版 ${n}`,
  startTitle: '三步接入第一个请求', startText: '网关已经运行，但还不知道请求应该转发到哪里。',
  steps: { service: ['添加服务', '您的程序：主机和端口。'], route: ['添加路由', '哪些请求转发给它：路径、主机。'], plugin: ['添加插件', '要求密钥、限流、日志，按需选择。'] },
  doneStep: '已完成', firstUser: '目前只能用令牌登录。', makeUser: '创建带密码的用户',
}
