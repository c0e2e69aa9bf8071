import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '拓扑', sub: '主机、路由、服务、上游和目标如何相连。', hosts: '主机', routes: '路由', services: '服务', upstreams: '上游', targets: '目标', any: '任意主机', filter: '筛选', more: n => `另有 ${n} 个`, emptyTitle: '还没有路由', empty: '创建服务和路由：从主机到目标的路径会显示在这里。', start: '创建服务',
  states: { HEALTHY: '健康', UNHEALTHY: '不健康', DNS_ERROR: '域名无法解析', HEALTHCHECKS_OFF: '未检查' }, draining: '排空中', noService: '没有服务', routesOf: n => `${n} 条路由`, legend: '目标的颜色', focus: '只看与此相连的',
}
