import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '客户端分类', create: '新建分类', edit: name => `分类 ${name}`, made: name => `分类 ${name} 已创建。`, changed: name => `分类 ${name} 已修改。`,
  removed: name => `分类 ${name} 已删除。`, what: name => `客户端分类 ${name}`, name: '名称', by: '识别依据', priority: '优先级', routes: '路由', everybody: '所有人',
  emptyTitle: '还没有客户端分类', empty: '客户端分类指某一类客户端：网页、iOS、Android、小程序、合作方。路由可以只给某些分类使用，响应可以按分类裁剪。',
}
