import { hostOf, type Recent } from '../explain/Recently'

const quoted = (s: string) => `'${s.replaceAll("'", `'\\''`)}'`

/** curlOf is a request that has been, as a command. */
export function curlOf(r: Recent): string {
  const headers = Object.entries(r.headers ?? {}).filter(([k]) => k.toLowerCase() !== 'host')
  return ['curl', ...(r.method === 'GET' ? [] : ['-X', r.method]), quoted(`http://${hostOf(r)}${r.path}`), ...headers.flatMap(([k, v]) => ['-H', quoted(`${k}: ${v}`)])].join(' ')
}

/** explainOf is where a request is explained: by whom it came counts too, and no command tells that. */
export function explainOf(r: Recent): string {
  const query = new URLSearchParams({ request: curlOf(r) })
  if (r.client) query.set('client', r.client)
  if (r.consumer) query.set('consumer', r.consumer)
  return `/explain?${query}`
}
