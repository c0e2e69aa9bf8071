import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '运行数据', sub: '本节点各工作进程在内存中共享的数据。', dicts: '共享字典', limits: '限流', caches: '缓存', which: '查看哪类数据',
  name: '名称', used: '已用', keys: '键数', key: '键', type: '类型', value: '值', expires: '剩余有效期', never: '永不', prefix: '键的前缀', more: '更多', drop: '删除', dropTitle: k => `删除 ${k}？`, dropText: '该条目在本节点立即删除，并记入审计。', dropped: k => `${k} 已删除。`, back: '全部字典', noEntries: '没有条目。',
  plugin: '插件', identifier: '对象', window: '时间窗口', limit: '上限', reset: '距重置', policy: '策略', noLimits: '目前没有限流计数', noLimitsText: '被 rate-limiting 或 concurrency-limiting 计数的对象显示在这里。',
  kind: '存储', kinds: { memory: '内存', disk: '磁盘' }, entries: '条目', size: '大小', hits: '命中', rate: '命中率', noCaches: '没有缓存', noCachesText: '添加 proxy-cache 插件来缓存响应。', purge: '清空', purgeTitle: n => `清空 ${n} 的全部响应？`, purgeText: '所有节点将重新请求服务。', purged: '缓存已清空。', status: '状态', age: '已缓存', fresh: '有效期', stale: '已过期', noDicts: '没有共享字典', noDictsText: '用 lua_shared_dict 声明。', list: n => `${n} 个元素的列表`, full: '已满',
}
