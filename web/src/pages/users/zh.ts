import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '用户与角色', users: '用户', create: '新建用户', name: '用户名', role: '角色', signsIn: '登录方式', tokens: '令牌', password: '密码', created: '创建时间', you: '您',
  byPassword: '密码', byTokens: n => `${n} 个令牌`, byNothing: '无法登录',
  emptyTitle: '还没有用户', empty: '您使用首次启动时打印的令牌登录。请先为自己创建一个带密码的管理员用户，再为每位同事创建用户。',
  note: 'admin_token 所指文件中的令牌不在此列出。',
  nameHelp: '字母、数字以及 . _ - @ +', passwordHelp: '至少 8 个字符，系统只保存其哈希值。', noneHelp: '仅用令牌登录的用户可以留空。',
  suggest: '生成密码', missing: '必填', shortPassword: '少于 8 个字符',
  made: name => `用户 ${name} 已创建。`, removed: name => `用户 ${name} 已删除。`,
  all: '全部用户', missingUser: '没有这个用户。', since: when => `创建于 ${when}`,
  changeRole: '修改角色', roleOf: name => `${name} 的角色`, roleChanged: name => `${name} 的角色已修改。`, roleNote: '该用户的所有会话将结束。',
  roleSelf: '这是您自己：您的会话将结束，需以新角色重新登录。',
  hasPassword: '可以用密码登录。', hasNone: '没有密码，只能用令牌登录。', setPassword: '设置密码', resetPassword: '重置密码', dropPassword: '移除密码',
  passwordOf: name => `${name} 的密码`, passwordSet: name => `${name} 的密码已修改。`, dropTitle: name => `移除 ${name} 的密码？`,
  dropNote: '该用户的所有会话将结束，此后只能用令牌登录。', dropped: name => `${name} 已没有密码。`, tell: '请立即告知该用户：密码不会再次显示。',
  newPassword: '新密码',
  noTokens: '令牌让程序以此用户的名义和角色访问。目前还没有令牌。', newToken: '新建令牌', tokenName: '用途', tokenHelp: '字母、数字以及 . _ - @ +，例如 ci 或 backup，可不填。',
  unnamed: '未命名', removeToken: name => `删除令牌 ${name}？`, removeTokenNote: '使用它的程序将立即被拒绝。', tokenRemoved: '令牌已删除。',
  tokenMade: '新令牌', once: '请立即复制。令牌只显示这一次，网关只保存其摘要。', useIt: '用作请求头：Authorization: Bearer …', iHaveIt: '我已保存',
  removeTitle: name => `删除用户 ${name}？`, removeNote: '其会话将结束，令牌立即失效。历史中会保留其名称。', removeSelf: '这是您自己：您将退出登录。',
  roles: '各角色的权限', may: '权限', own: '您的密码', change: '修改您的密码', oldPassword: '当前密码', again: '再次输入新密码', differ: '两次输入不一致',
  ownNote: '您的其他会话将结束。', ownDone: '您的密码已修改。', onlyUsers: '您使用文件中的令牌登录，没有密码。请先为自己创建用户。',
  docs: {
    viewer: '可以查看除密钥外的所有内容，并查询请求会如何处理。', operator: '还可以查看密钥、修改配置并回滚。', admin: '还可以一次替换全部配置，并管理用户。',
  },
  rights: {
    read: '查看配置', explain: '解释请求', read_secrets: '查看密钥', change: '修改配置', roll_back: '回滚', operate: '排空目标、清空缓存、灰度发布', replace_all: '替换全部配置', manage_users: '管理用户',
  },
}
