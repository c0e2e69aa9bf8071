import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '客户端类别', create: '新建类别', edit: name => `类别 ${name}`, made: name => `类别 ${name} 已创建。`, changed: name => `类别 ${name} 已修改。`,
  removed: name => `类别 ${name} 已删除。`, what: name => `客户端类别 ${name}`, name: '名称', by: '识别依据', priority: '优先级', routes: '路由', everybody: '所有人',
  emptyTitle: '还没有客户端类别', empty: '类别是一类客户端：网页、iOS、Android、小程序、合作方。路由可以只给某些类别使用，应答可以按类别裁剪。',
}
