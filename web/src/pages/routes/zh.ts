import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '路由', create: '新建路由', edit: name => `路由 ${name}`, made: name => `路由 ${name} 已创建。`, changed: name => `路由 ${name} 已修改。`,
  removed: name => `路由 ${name} 已删除。`, what: name => `路由 ${name}`,
  name: '名称', match: '匹配', hosts: '主机', methods: '方法', service: '服务', plugins: '插件', any: '任意',
  emptyTitle: '还没有路由', empty: '路由决定哪些请求转发到哪个服务：按路径、主机、方法或请求头匹配。创建第一条路由后，请求即可到达您的服务。',
  unnamed: '未命名',
}
