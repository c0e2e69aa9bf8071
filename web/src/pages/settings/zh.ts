import type { Alike } from '../../i18n'
import type { en } from './en'

export const zh: Alike<typeof en> = {
  title: '设置', look: '外观', lookNote: '保存在此浏览器中。', browser: '跟随浏览器', density: '密度', compact: '紧凑', comfortable: '宽松',
  about: '此网关', version: '版本', node: '节点', store: '存储', started: '启动时间', revision: '修订版', behaves: '兼容的 nginx 版本', admin: '管理 API', proxy: '监听地址',
  tools: '供程序使用', openapi: 'OpenAPI 描述', metrics: 'Prometheus 指标', config: '完整配置', toolsNote: '此处的所有操作都通过管理 API 完成，程序也可以使用它。',
  you: '当前用户', keys: '快捷键', keyList: [['Ctrl K', '查找页面、路由、服务或命令'], ['/', '筛选表格'], ['↑ ↓', '在表格或列表中移动'], ['Enter', '打开'], ['Esc', '关闭']],
}
