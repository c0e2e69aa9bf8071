export const en = {
  title: 'Nodes', sub: 'The machines that serve with this configuration.', node: 'Node', self: 'this one', state: 'State', states: { serving: 'serving', draining: 'draining', gone: 'gone' },
  revision: 'Revision', workers: 'Workers', rate: 'Req/s', seen: 'Seen', version: 'Version', started: 'Started', address: 'Admin API', alone: 'One node', aloneText: 'With the store etcd:// several nodes share one configuration, and all of them stand here.',
  addresses: 'Virtual addresses', instance: 'Instance', owner: 'Owner', priority: 'Priority', since: 'Since', on: 'on', none: 'No virtual addresses', noneText: 'Where keepalived runs under the web server, who has which address stands here.',
  vstates: { MASTER: 'master', BACKUP: 'backup', FAULT: 'fault', INIT: 'starting', DRAINING: 'draining' }, drained: 'drained', drain: 'Drain', undrain: 'Take it back', behind: 'behind',
  drainTitle: (name: string, node: string) => `Drain ${name} on ${node}?`, drainText: 'Clients are asked to come anew, and then the addresses go to another machine. They stay away until you take them back.', onlyOne: 'No other node is seen that could have these addresses: if there is none, nobody will answer at them.', drainedSaid: (name: string) => `${name} is handed over.`,
  undrainTitle: (name: string, node: string) => `Let ${node} have ${name} again?`, undrainText: 'By its priority it may take the addresses at once.', undrainedSaid: (name: string) => `${name} may come back.`,
}
