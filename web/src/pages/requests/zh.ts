import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '请求', sub: '刚刚发生的请求。只有在有人查看时才会记录。', time: '时间', status: '状态', request: '请求', route: '路由', took: '耗时', upstream: '服务', target: '目标', client: '客户端', consumer: '消费者', who: '错误来自',
  whos: { client: '客户端', gateway: '网关', upstream: '服务' }, pause: '暂停', resume: '继续', emptyTitle: '还没有请求', empty: '从现在起结束的请求会显示在这里。', explain: '诊断这个请求', details: '请求', headers: '请求头', release: '灰度发布', id: '编号', size: '已发送',
  all: '全部', errors: '错误', slow: '慢请求', only: '显示哪些请求',
}
