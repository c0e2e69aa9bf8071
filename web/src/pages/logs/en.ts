export const en = {
  title: 'Logs', sub: 'Lines as they are written, on this node.', log: 'Log', level: 'From level', any: 'all', pause: 'Pause', resume: 'Go on', waiting: 'No lines yet.', none: 'No logs', noneText: 'The configuration names no log that could be followed.', gap: 'some lines came too fast and are left out', broken: 'No connection, trying again', filter: 'Filter lines', lines: (n: string) => `${n} lines`,
}
