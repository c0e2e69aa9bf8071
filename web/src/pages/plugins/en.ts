export const en = {
  title: 'Plugins', inUse: 'In use', catalogue: 'Catalogue', tabs: 'Which plugins', add: 'Add a plugin',
  name: 'Plugin', scope: 'Works for', state: 'State', tags: 'Tags', instance: 'Name',
  emptyTitle: 'No plugins in use', empty: 'Plugins do something with requests: ask for a key, limit, transform, log. Choose one from the catalogue.',
  find: 'Find a plugin', used: (n: number) => n === 1 ? 'used once' : `used ${n} times`, none: 'No plugin matches.',
  newOne: (name: string) => `Add ${name}`, edit: (name: string) => `Plugin ${name}`, made: (name: string) => `Plugin ${name} has been added.`, changed: (name: string) => `Plugin ${name} has been changed.`,
  removed: (name: string) => `Plugin ${name} has been removed.`, what: (name: string) => `plugin ${name}`,
  everywhere: 'All requests', of: { service: 'A service', route: 'A route', consumer: 'A consumer' },
  kinds: { service: 'service', route: 'route', consumer: 'consumer' },
  general: 'General', config: 'Settings', chooseScope: 'Whose requests it works for', also: (kind: string) => `Only of this ${kind}`,
  turnOff: (name: string) => `Turn ${name} off?`, turnOn: (name: string) => `Turn ${name} on?`, off: 'Turn off', on: 'Turn on', turned: (name: string) => `Plugin ${name} has been changed.`,
  groups: { auth: 'Who asks', security: 'Who may', limits: 'How much', change: 'Changes requests and answers', traffic: 'Where requests go', watch: 'Logs and figures', other: 'Others' },
}
