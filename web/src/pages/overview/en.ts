export const en = {
  title: 'Overview', rate: 'Requests', perSecond: '/s', latency: 'Latency', errors: 'Errors', connections: 'Connections', traffic: 'Traffic', in: 'in', out: 'out',
  client: 'clients', gateway: 'gateway', upstream: 'services',
  errorsBy: 'Errors by cause', statuses: 'Answers', requestsChart: 'Requests per second', latencyChart: 'Latency',
  active: 'active', waiting: 'idle', accepted: (n: string) => `${n} new/s`,
  workers: 'Workers', worker: 'Worker', cpu: 'CPU', memory: 'Memory', state: 'State', conns: 'Connections', reqs: 'Req/s', errs: 'Err/s',
  busiest: 'Busiest routes', services: 'Busiest services', route: 'Route', service: 'Service', none: 'No requests in the last second.',
  addresses: 'Virtual addresses', states: { MASTER: 'master', BACKUP: 'backup', FAULT: 'fault', INIT: 'starting', DRAINING: 'draining' }, owner: 'owner', since: 'since', node: (n: string) => `on ${n}`, revision: (n: string) => `revision ${n}`,
  startTitle: 'Three steps to the first request', startText: 'The gateway runs, and does not know yet where requests shall go.',
  steps: { service: ['Add a service', 'One of your programs: its host and port.'], route: ['Add a route', 'Which requests lead to it: a path, a host.'], plugin: ['Add a plugin', 'Ask for a key, limit, log. If you want to.'] },
  doneStep: 'done', firstUser: 'So far only a token opens this page.', makeUser: 'Make a user with a password',
}
