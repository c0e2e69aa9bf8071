export const en = {
  title: 'Explain', sub: 'What would become of a request now, and why. Nothing is sent.',
  request: 'Request', hint: 'A curl command, or a method and URL', client: 'Client address', consumer: 'Consumer', consumerHint: 'authenticated as; optional', run: 'Explain',
  recent: 'Recent requests', noRecent: 'No requests have ended since this page was opened.', recentHint: 'Choose one to explain it.', unread: (what: string) => `This could not be read: ${what}`,
  emptyTitle: 'Why was it refused? Where does it go?', empty: 'Paste a curl command, or choose one of the recent requests. The way through the gateway stands here: which route, which plugins, which target, and what answers instead.',
  unchecked: (names: string) => `Credentials are not looked at here: without a right one, ${names} refuses the request. Say which consumer it is to see what comes then.`,
  asRead: 'As read', route: 'Route', tried: (n: string) => `${n} routes were tried before`, skipped: (n: string) => `and ${n} more, whose host or path does not fit`, none: 'No route matches', noneText: 'The gateway answers 404.', match: 'matches',
  kindClass: 'Client class', plugins: 'Plugins, in running order', noPlugins: 'No plugin counts for this request.', skips: 'does nothing', scope: (s: string) => s, forSome: (s: string) => `for ${s}`,
  release: 'Release', decides: 'decides', candidate: 'candidate', baseline: 'baseline', service: 'Service', sent: 'asks for', host: 'with Host', upstream: 'Upstream', targets: 'Targets', leftOut: 'left out', ends: (status: string) => `The gateway answers ${status} itself`, by: (p: string) => `by ${p}`, result: 'Result', goes: (where: string) => `goes to ${where}`, revision: (n: string) => `as of revision ${n}`,
}
