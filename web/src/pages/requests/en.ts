export const en = {
  title: 'Requests', sub: 'What has just been asked. Workers note it only while somebody looks.', time: 'Time', status: 'Status', request: 'Request', route: 'Route', took: 'Took', upstream: 'Service', target: 'Target', client: 'Client', consumer: 'Consumer', who: 'Error by',
  whos: { client: 'client', gateway: 'gateway', upstream: 'service' }, pause: 'Pause', resume: 'Go on', emptyTitle: 'No requests yet', empty: 'Requests that end from now on stand here.', explain: 'Explain this request', details: 'Request', headers: 'Headers', release: 'Release', id: 'Id', size: 'Sent',
  all: 'All', errors: 'Errors', slow: 'Slow', only: 'Which requests',
}
