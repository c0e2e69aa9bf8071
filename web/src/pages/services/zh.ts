import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '服务', create: '新建服务', edit: name => `服务 ${name}`, made: name => `服务 ${name} 已创建。`, changed: name => `服务 ${name} 已修改。`,
  removed: name => `服务 ${name} 已删除。`, what: name => `服务 ${name}`,
  name: '名称', url: '地址', routes: '路由', plugins: '插件', state: '状态', upstream: '由上游负载均衡', addPlugin: '添加插件', addRelease: '灰度发布新版本', addRoute: '添加路由',
  leads: n => `有 ${n} 条路由指向此服务。`,
  emptyTitle: '还没有服务', empty: '服务是您处理请求的程序：填写主机和端口；如果有多个实例，则填写上游的名称。路由会把请求转发到服务。',
}
