/** Texts of what is on every page. A page's own are beside it. */
export const en = {
  save: 'Save', cancel: 'Cancel', close: 'Close', remove: 'Delete', edit: 'Edit', create: 'Create', apply: 'Apply', back: 'Back', retry: 'Try again', copy: 'Copy', copied: 'Copied',
  more: 'More', none: 'None', unset: 'not set', yes: 'Yes', no: 'No', on: 'On', off: 'Off', add: 'Add', search: 'Search', loading: 'Loading',
  show: 'Show', hide: 'Hide', review: 'Review changes', enabled: 'Enabled', disabled: 'Disabled', actions: 'Actions', name: 'Name', value: 'Value', key: 'Key', required: 'required',
  reason: 'Reason', reasonHint: 'Stands in the history. Optional.',
  content: 'Content', skip: 'Skip to content', menu: 'Menu', signedInAs: (name: string, role: string) => `Signed in as ${name} (${role})`, signOut: 'Sign out',
  theme: 'Theme', light: 'Light', dark: 'Dark', auto: 'Automatic', language: 'Language',
  roles: { viewer: 'viewer', operator: 'operator', admin: 'admin' },
  groups: { observe: 'Observe', traffic: 'Traffic', access: 'Access', operate: 'Operate' },
  palette: { title: 'Command palette', hint: 'Go to a page, a route, a service…', nothing: 'Nothing matches.', pages: 'Pages', commands: 'Commands', open: 'Search or jump to' },
  table: {
    filter: 'Filter', rows: (n: string, all: string) => n === all ? `${all} rows` : `${n} of ${all} rows`, noMatch: 'Nothing matches the filter.', clear: 'Clear the filter',
    keys: '↑ ↓ moves, Enter opens, / filters',
    sortedUp: 'ascending', sortedDown: 'descending',
  },
  diff: { none: 'Nothing would change.', create: 'created', update: 'changed', delete: 'deleted', hidden: (n: number) => `${n} lines as they are`, many: (n: number) => `and ${n} more` },
  form: {
    more: (n: number) => `${n} more settings`, less: 'Fewer settings', defaultIs: (v: string) => `default: ${v}`, addItem: 'Add an entry', removeItem: 'Remove this entry',
    tagHint: 'Enter or comma adds', number: 'must be a number', integer: 'must be a whole number', missing: 'is required', fix: 'Please correct what is marked.',
    reset: 'Back to the default', pick: 'Choose…', unsaved: 'What you have changed is not saved yet.', stay: 'Go on editing', discard: 'Discard',
  },
  confirm: {
    remove: (what: string) => `Delete ${what}?`, also: 'This is what will happen:', changed: 'Somebody else has changed this meanwhile. Close the form and open it again to see it as it is now.',
  },
  failed: {
    title: 'This could not be loaded', offline: 'The gateway does not answer.', away: 'The gateway does not answer. What you see may be old; it goes on by itself when the gateway is back.', forbidden: 'Your role may not do this.', crash: 'This page has failed.', notFound: 'There is no such page.', toOverview: 'Go to the start',
  },
  changed: 'Changed',
  live: { on: 'Live', off: 'No connection, trying again' },
  kinds: {
    services: 'service', routes: 'route', upstreams: 'upstream', targets: 'target', consumers: 'consumer', plugins: 'plugin', releases: 'release', certificates: 'certificate', snis: 'SNI', ca_certificates: 'CA certificate',
    keyauth_credentials: 'key', basicauth_credentials: 'password', hmacauth_credentials: 'HMAC secret', jwt_secrets: 'JWT secret', mtls_auth_credentials: 'client certificate', client_classes: 'client class', acls: 'group',
  },
}
