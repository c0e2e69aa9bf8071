import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '灰度发布', create: '新建发布', edit: name => `发布 ${name}`, made: name => `发布 ${name} 已开始。`, changed: name => `发布 ${name} 已修改。`,
  removed: name => `发布 ${name} 已删除。`, what: name => `发布 ${name}`,
  emptyTitle: '还没有发布', empty: '发布先把新版本交给一部分客户端：一份名单、一类客户端，或由您逐步提高的一定比例。新版本表现不佳时会自动回滚。',
  name: '名称', of: '对象', candidate: '新版本', baseline: '旧版本', share: '比例', state: '状态', all: '全部发布', missing: '没有这个发布。', settings: '设置',
  states: { running: '进行中', paused: '已暂停', promoted: '已全量', aborted: '已中止', rolled_back: '已回滚' },
  whole: '现有版本', service: name => `服务 ${name}`, upstream: name => `上游 ${name}`, version: v => `版本 ${v}`,
  split: '流量分配', percentage: '新版本的百分比', applied: n => `其余客户端中现在有 ${n}% 使用新版本。`, actual: n => `最近一分钟有 ${n}% 的请求由新版本处理`, noTraffic: '最近一分钟没有请求', moves: '提高比例时，已在使用新版本的客户端保持不变。',
  pause: '暂停', resume: '继续', promote: '全量发布', abort: '中止',
  paused: '自动放量已暂停。', resumed: '自动放量已继续。',
  promoteTitle: name => `全量发布 ${name}？`, promoteText: '从现在起所有人使用新版本。', promotedSaid: '所有人现在使用新版本。',
  abortTitle: name => `中止 ${name}？`, abortText: '从现在起所有人使用旧版本。', abortedSaid: '所有人现在使用旧版本。',
  both: '两个版本', requests: '请求', perSecond: '/秒', errors: '错误', latency: '延迟', p50: 'p50', p95: 'p95', errorShare: '错误率', p95Chart: '两者的 p95',
  who: '谁使用新版本', whoAll: '须同时满足以下条件', whoAny: '满足以下任一条件', nobody: '没有指定名单，仅按比例分配。', addresses: '地址和网段', users: '用户', from: what => `取自 ${what}`, sticky: '固定依据',
  headers: '请求头', cookies: 'Cookie', queries: '查询参数', claims: '声明', clients: '客户端', versions: '应用版本', lists: 'Redis 中的名单', saveLists: '保存名单', listsSaved: '名单现已生效。',
  ramp: '自动放量', noRamp: '未设置自动放量：比例不变，直到有人调整。', step: n => `第 ${n} 步`, forTime: d => `持续 ${d}`, untilPromoted: '直到全量', left: d => `还剩 ${d}`, done: '完成', now: '当前',
  guard: '自动回滚', noGuard: '未设置自动回滚条件：不会自动回滚。', limits: { max_error_rate: '错误率', max_p95: 'p95', error_rate_margin: '错误率高出旧版本', p95_margin: 'p95 高出旧版本' }, least: (n, w) => `统计最近 ${w}，请求数达到 ${n} 后才判断`, within: '正常', beyond: '超限', limit: '上限',
  ofWhat: '要发布新版本的对象', kinds: { service: '服务', upstream: '上游', version: '版本' },
  ofHelp: { service: '当前正在使用的服务，它的请求将被分流。', upstream: '当前正在使用的上游，无论来自哪个服务，它的请求都将被分流。' },
  candidateBy: '新版本运行在哪里', by: { service: '另一个服务', upstream: '另一个上游', version: '部分目标' },
  byHelp: { service: '新版本对应的服务。', upstream: '新版本的目标所在的上游。', version: '新版本的目标上填写的版本，例如 v2。' },
  shareHelp: '一开始让多少客户端使用新版本。0 表示没有人使用，之后可随时调整。', guardFields: { max_error_rate: '错误率（%）', max_p95: 'p95（毫秒）', error_rate_margin: '错误率高出旧版本（%）', p95_margin: 'p95 高出旧版本（毫秒）', min_requests: '最少请求数', window: '统计时长（秒）' }, guardOn: '表现不佳时自动回滚',
  reason: '原因', explainLink: '查询某个请求会用哪个版本', seconds: n => `${n} 秒`, minutes: n => `${n} 分钟`, hours: n => `${n} 小时`,
}
