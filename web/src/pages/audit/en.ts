export const en = {
  title: 'Audit', when: 'When', who: 'Who', event: 'Event', about: 'About', from: 'From', why: 'Details', nobody: 'unknown', gateway: 'the gateway',
  anybody: 'Everybody', kind: 'Kind of event', allKinds: 'All events', person: 'Person', refresh: 'Load anew',
  sub: 'Changes of all nodes; signing in, users and shared memory of this one',
  kinds: { change: 'Configuration', access: 'Signing in', refused: 'Refused', users: 'Users and tokens', memory: 'Shared memory' },
  events: {
    change: 'Changed', login: 'Signed in', logout: 'Signed out', login_failed: 'Sign-in refused', user_created: 'User created', user_changed: 'User changed', user_removed: 'User deleted',
    token_created: 'Token created', token_removed: 'Token deleted', entry_dropped: 'Entry thrown out',
  },
  revision: (n: string) => `Revision ${n}`,
  emptyTitle: 'Nothing has happened yet', empty: 'Who changed something, who signed in and who was refused stands here.',
  noneTitle: 'Nothing of this kind', none: 'There is no such event among those that have been read. Older ones may have some.', clear: 'Show all events',
  at: 'Time', toRevision: 'Show the change',
  older: 'Show older ones', all: (n: string) => `That is all: ${n} events.`, loaded: (n: string) => `${n} events, the latest first`,
}
