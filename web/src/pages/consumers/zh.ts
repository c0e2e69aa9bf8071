import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '消费者', create: '新建消费者', edit: name => `消费者 ${name}`, made: name => `消费者 ${name} 已创建。`, changed: name => `消费者 ${name} 已修改。`,
  removed: name => `消费者 ${name} 已删除。`, what: name => `消费者 ${name}`,
  name: '用户名', customId: '自定义 ID', tags: '标签', credentials: '凭证', plugins: '插件',
  emptyTitle: '还没有消费者', empty: '消费者是使用您服务的一方：程序、客户或团队。插件通过凭证识别消费者，并可以分别限流和记录。',
  all: '全部消费者', missing: '没有这个消费者。', settings: '设置',
  kinds: { 'key-auths': '密钥', 'basic-auths': '用户名和密码', jwts: 'JWT 密钥', 'hmac-auths': 'HMAC 密钥', 'mtls-auths': '客户端证书', acls: '分组' },
  hints: {
    'key-auths': '用于 key-auth 插件。密钥留空则自动生成。', 'basic-auths': '用于 basic-auth 插件。', jwts: '用于 jwt 插件。', 'hmac-auths': '用于 hmac-auth 插件。',
    'mtls-auths': '用于 mtls-auth 插件。带有这些名称的证书即代表此消费者。',
    acls: '用于 acl 插件，按分组允许或拒绝访问。',
  },
  add: kind => `添加：${kind}`, noneOf: '暂无。', added: () => '凭证已添加。', changedOne: () => '凭证已修改。', gone: '凭证已删除。', oneWhat: name => `凭证 ${name}`,
  hidden: '您的角色无权查看密钥。', addPlugin: '添加插件',
}
