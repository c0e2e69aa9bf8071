export const en = {
  title: 'Settings', look: 'Look', lookNote: 'Kept in this browser.', browser: 'As the browser says', density: 'Density', compact: 'Compact', comfortable: 'Comfortable',
  about: 'This gateway', version: 'Version', node: 'Node', store: 'Store', started: 'Started', revision: 'Revision', behaves: 'Behaves as nginx', admin: 'Admin API', proxy: 'Listens on',
  tools: 'For programs', openapi: 'OpenAPI description', metrics: 'Metrics for Prometheus', config: 'The whole configuration', toolsNote: 'Everything that is done here goes through the Admin API, which programs can use too.',
  you: 'You', keys: 'Keys', keyList: [['Ctrl K', 'Find a page, a route, a service, a command'], ['/', 'Filter the table'], ['↑ ↓', 'Move in a table or list'], ['Enter', 'Open'], ['Esc', 'Close']] as string[][],
}
