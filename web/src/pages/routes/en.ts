export const en = {
  title: 'Routes', create: 'New route', edit: (name: string) => `Route ${name}`, made: (name: string) => `Route ${name} has been created.`, changed: (name: string) => `Route ${name} has been changed.`,
  removed: (name: string) => `Route ${name} has been deleted.`, what: (name: string) => `route ${name}`,
  name: 'Name', match: 'Matches', hosts: 'Hosts', methods: 'Methods', service: 'Service', plugins: 'Plugins', any: 'any',
  emptyTitle: 'No routes yet', empty: 'A route says which requests go to which service: by path, host, method or header. Create the first one, and requests reach your service at once.',
  unnamed: 'unnamed',
}
