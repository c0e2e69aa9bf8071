export const en = {
  title: 'Services', create: 'New service', edit: (name: string) => `Service ${name}`, made: (name: string) => `Service ${name} has been created.`, changed: (name: string) => `Service ${name} has been changed.`,
  removed: (name: string) => `Service ${name} has been deleted.`, what: (name: string) => `service ${name}`,
  name: 'Name', url: 'Address', routes: 'Routes', plugins: 'Plugins', state: 'State', upstream: 'balanced by an upstream', addPlugin: 'Add a plugin', addRelease: 'Release a new version', addRoute: 'Add a route',
  leads: (n: number) => n === 1 ? '1 route leads here.' : `${n} routes lead here.`,
  emptyTitle: 'No services yet', empty: 'A service is one of your programs that answers requests: its host and port, or the name of an upstream if there are several of it. Routes lead to it.',
}
