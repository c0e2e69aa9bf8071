import type { Recent } from '../explain/Recently'

const quoted = (s: string) => `'${s.replaceAll("'", `'\\''`)}'`

/** curlOf is a request that has been, as a command. */
export function curlOf(r: Recent): string {
  const headers = Object.entries(r.headers ?? {}).filter(([k]) => k.toLowerCase() !== 'host')
  return ['curl', ...(r.method === 'GET' ? [] : ['-X', r.method]), quoted(`http://${r.headers?.Host ?? r.host}${r.path}`), ...headers.flatMap(([k, v]) => ['-H', quoted(`${k}: ${v}`)])].join(' ')
}
