import type { Alike } from '.'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  save: '保存', cancel: '取消', close: '关闭', remove: '删除', edit: '编辑', create: '新建', apply: '应用', back: '返回', retry: '重试', copy: '复制', copied: '已复制',
  more: '更多', none: '无', unset: '未设置', yes: '是', no: '否', on: '开', off: '关', add: '添加', search: '搜索', loading: '加载中',
  show: '显示', hide: '隐藏', review: '查看变更', enabled: '已启用', disabled: '已停用', actions: '操作', name: '名称', value: '值', key: '键', required: '必填',
  reason: '原因', reasonHint: '会记入历史，可不填。',
  content: '正文', skip: '跳到正文', menu: '菜单', signedInAs: (name, role) => `已登录：${name}（${role}）`, signOut: '退出登录',
  theme: '主题', light: '浅色', dark: '深色', auto: '跟随系统', language: '语言',
  roles: { viewer: '只读', operator: '操作员', admin: '管理员' },
  groups: { observe: '观测', traffic: '流量', access: '访问', operate: '运维' },
  palette: { title: '命令面板', hint: '跳转到页面、路由、服务…', nothing: '没有匹配项。', pages: '页面', commands: '命令', open: '搜索或跳转' },
  table: {
    filter: '筛选', rows: (n, all) => n === all ? `共 ${all} 行` : `${n} / ${all} 行`, noMatch: '没有符合筛选条件的内容。', clear: '清除筛选',
    keys: '↑ ↓ 移动，Enter 打开，/ 筛选',
    sortedUp: '升序', sortedDown: '降序',
  },
  diff: { none: '没有任何变化。', create: '新建', update: '修改', delete: '删除', hidden: n => `${n} 行未变`, many: n => `另有 ${n} 项` },
  form: {
    more: n => `更多设置（${n} 项）`, less: '收起设置', defaultIs: v => `默认值：${v}`, addItem: '添加一项', removeItem: '移除此项',
    tagHint: '按回车或逗号添加', number: '必须是数字', integer: '必须是整数', missing: '必填', fix: '请修正标出的内容。',
    reset: '恢复默认值', pick: '请选择…', unsaved: '您的修改尚未保存。', stay: '继续编辑', discard: '放弃修改',
  },
  confirm: {
    remove: what => `删除${what}？`, also: '将会发生以下变更：', changed: '期间有其他人修改了此内容。请关闭表单后重新打开，查看最新状态。',
  },
  failed: {
    title: '加载失败', offline: '网关没有响应。', away: '网关没有响应，当前显示的可能是旧数据；网关恢复后会自动更新。', forbidden: '您的角色无权执行此操作。', crash: '此页面出错了。', notFound: '没有这个页面。', toOverview: '回到首页',
  },
  changed: '修改时间',
  live: { on: '实时', off: '连接已断开，正在重试' },
  kinds: {
    services: '服务', routes: '路由', upstreams: '上游', targets: '目标', consumers: '消费者', plugins: '插件', releases: '灰度发布', certificates: '证书', snis: 'SNI', ca_certificates: 'CA 证书',
    keyauth_credentials: '密钥', basicauth_credentials: '密码', hmacauth_credentials: 'HMAC 密钥', jwt_secrets: 'JWT 密钥', mtls_auth_credentials: '客户端证书', client_classes: '客户端分类', acls: '分组',
  },
}
