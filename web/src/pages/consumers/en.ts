export const en = {
  title: 'Consumers', create: 'New consumer', edit: (name: string) => `Consumer ${name}`, made: (name: string) => `Consumer ${name} has been created.`, changed: (name: string) => `Consumer ${name} has been changed.`,
  removed: (name: string) => `Consumer ${name} has been deleted.`, what: (name: string) => `consumer ${name}`,
  name: 'Username', customId: 'Custom id', tags: 'Tags', credentials: 'Credentials', plugins: 'Plugins',
  emptyTitle: 'No consumers yet', empty: 'A consumer is somebody who uses your services: a program, a customer, a team. Plugins know it by its credentials, and can limit or log each by itself.',
  all: 'All consumers', missing: 'There is no such consumer.', settings: 'Settings',
  kinds: { 'key-auths': 'Keys', 'basic-auths': 'Name and password', jwts: 'JWT secrets', 'hmac-auths': 'HMAC secrets', 'mtls-auths': 'Client certificates', acls: 'Groups' },
  hints: {
    'key-auths': 'For the plugin key-auth. A key that is left empty is made up.', 'basic-auths': 'For the plugin basic-auth.', jwts: 'For the plugin jwt.', 'hmac-auths': 'For the plugin hmac-auth.',
    'mtls-auths': 'For the plugin mtls-auth. Names of certificates that are this consumer.',
    acls: 'For the plugin acl, which lets groups in or keeps them out.',
  },
  add: (kind: string) => `Add: ${kind}`, noneOf: 'None yet.', added: () => 'The credential has been added.', changedOne: () => 'The credential has been changed.', gone: 'The credential has been deleted.', oneWhat: (name: string) => `the credential ${name}`,
  hidden: 'Secrets are not shown to your role.', addPlugin: 'Add a plugin',
}
