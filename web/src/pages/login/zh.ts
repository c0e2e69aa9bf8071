import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '登录 Moongate', token: '令牌', password: '用户名和密码', name: '用户名', pass: '密码', signIn: '登录', how: '登录方式',
  tokenHelp: '网关首次启动时会打印一个令牌。',
  wrong: '信息不正确，请检查后重试。', slow: s => `尝试次数过多，请等待 ${s} 秒。`,
  missing: '请填写此项。',
}
