export const en = {
  title: 'Client classes', create: 'New class', edit: (name: string) => `Class ${name}`, made: (name: string) => `Class ${name} has been created.`, changed: (name: string) => `Class ${name} has been changed.`,
  removed: (name: string) => `Class ${name} has been deleted.`, what: (name: string) => `client class ${name}`, name: 'Name', by: 'Recognised by', priority: 'Priority', routes: 'Routes', everybody: 'everybody',
  emptyTitle: 'No client classes yet', empty: 'A class is a kind of client: web, iOS, Android, mini-program, partner. Routes may be for some classes only, and answers may be shaped for each.',
}
