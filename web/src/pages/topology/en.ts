export const en = {
  title: 'Topology', sub: 'How hosts, routes, services, upstreams and targets hang together.', hosts: 'Hosts', routes: 'Routes', services: 'Services', upstreams: 'Upstreams', targets: 'Targets', any: 'any host', filter: 'Filter', more: (n: string) => `and ${n} more`, emptyTitle: 'Nothing is routed yet', empty: 'Create a service and a route: the way from the host to the target stands here.', start: 'Create a service',
  states: { HEALTHY: 'healthy', UNHEALTHY: 'unhealthy', DNS_ERROR: 'name not found', HEALTHCHECKS_OFF: 'not checked' }, draining: 'draining', noService: 'no service', routesOf: (n: string) => `${n} routes`, legend: 'Colours of targets', focus: 'Only what hangs together with this',
}
