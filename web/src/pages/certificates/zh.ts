import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '证书', own: '证书', authorities: 'CA 证书', create: '新建证书', createCa: '新建 CA 证书',
  made: () => '证书已添加。', changed: () => '证书已修改。', removed: '证书已删除。', what: name => `证书 ${name}`, edit: name => `证书 ${name}`,
  servers: '服务器名称', subject: '主体', issuer: '颁发者', expires: '到期', key: '密钥', names: '适用于', valid: '有效期', until: (a, b) => `${a} 至 ${b}`, serial: '序列号', digest: 'SHA-256', tags: '标签', chain: '证书链', another: '另一种密钥',
  emptyTitle: '还没有证书', empty: '证书让网关能以其服务器名称提供 TLS。请粘贴证书颁发机构签发的证书、证书链及私钥。',
  emptyCaTitle: '还没有 CA 证书', emptyCa: 'CA 证书决定信任谁签发的证书：上游的证书，以及客户端出示的证书。',
  states: { early: '尚未生效', expired: '已过期', urgent: '即将到期', soon: '即将到期', good: '有效' },
  noServers: '无', noServersNote: '没有服务器名称指向此证书，因此不会被使用。请编辑并添加名称。',
  uncovered: names => `此证书不适用于 ${names}，浏览器会发出警告。`, expiredNote: when => `证书已于${when}过期，客户端会拒绝。`, soonNote: when => `证书将于${when}到期，请在此之前更换。`, earlyNote: when => `证书自 ${when} 起才生效。`,
  alone: '证书链中没有颁发者的证书，不认识该颁发者的客户端会拒绝。', selfSigned: '自签名', authority: '证书颁发机构', unreadable: '无法读取此证书。',
  cert: '证书', certHelp: 'PEM 格式，证书链跟在后面。如果文件中还包含私钥，会自动拆分。', certCaHelp: '单个 PEM 格式证书。', privateKey: '私钥', keyHelp: 'PEM 格式，不带密码。', keyKept: '私钥保持不变。', replace: '更换私钥', file: '选择文件', drop: '或拖放到此处',
  serversHelp: '客户端请求的主机名。* 可以是第一个或最后一个标签；单独的 * 用于未指明名称的客户端。', take: names => `使用证书中的名称：${names}`,
  altMore: '相同名称的另一种密钥', altHelp: '例如为旧客户端在 ECDSA 之外提供 RSA。', altCert: '另一证书', altKey: '其私钥', hiddenKey: '您的角色无权查看。',
  found: (name, when) => `${name}，${when}到期`, more: n => `及证书链中的 ${n} 个证书`,
}
