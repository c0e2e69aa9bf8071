/** What POST /explain takes. */
export type Asked = { method?: string; url: string; headers: Record<string, string | string[]>; client?: string; consumer?: string }

// Flags of curl that take a value which says nothing about where the request goes.
const valued = new Set([
  '-o', '--output', '-m', '--max-time', '--connect-timeout', '-w', '--write-out', '-x', '--proxy', '--cacert', '--cert', '-E', '--key', '--resolve', '--interface', '-c', '--cookie-jar',
  '--retry', '-r', '--range', '-T', '--upload-file', '--ciphers', '--http2-prior-knowledge-value', '-K', '--config', '--limit-rate', '-F', '--form',
])

/** words splits a line as a shell does: quotes, backslashes, continued lines. */
export function words(line: string): string[] {
  const out: string[] = []
  let word = '', some = false, quote = ''
  for (let i = 0; i < line.length; i++) {
    const c = line[i]
    if (quote === "'") {
      if (c === "'") quote = ''
      else word += c
    } else if (c === '\\') {
      const next = line[++i] ?? ''
      if (next === '\r' && line[i + 1] === '\n') i++
      else if (next !== '\n') {
        word += quote === '"' && !'"\\$`'.includes(next) ? '\\' + next : next
        some = true
      }
    } else if (c === quote) quote = ''
    else if (!quote && (c === '"' || c === "'")) {
      quote = c
      some = true
    } else if (!quote && c === '$' && line[i + 1] === "'") continue // $'...': what browsers copy
    else if (!quote && /\s/.test(c)) {
      if (some || word) out.push(word)
      word = ''
      some = false
    } else word += c
  }
  if (quote) throw new Error(quote)
  if (some || word) out.push(word)
  return out
}

/** read understands a curl command, a request line, or a URL alone. */
export function read(text: string): Asked {
  const list = words(text.trim().replace(/^\$\s+/, ''))
  if (list[0]?.replace(/^.*\//, '') !== 'curl') return plain(list)
  const out: Asked = { url: '', headers: {} }
  let body = false, get = false, head = false
  const add = (line: string) => {
    const at = line.search(/[:;]/)
    if (at <= 0) return
    const name = line.slice(0, at).trim(), value = line.slice(at + 1).trim()
    const same = Object.keys(out.headers).find(k => k.toLowerCase() === name.toLowerCase())
    if (same) out.headers[same] = [out.headers[same]].flat().concat(value)
    else out.headers[name] = value
  }
  const args = list.slice(1)
  for (let i = 0; i < args.length; i++) {
    let flag = args[i], value: string | undefined
    if (!flag.startsWith('-') || flag === '-') {
      out.url ||= flag
      continue
    }
    if (flag.startsWith('--') && flag.includes('=')) [flag, value] = [flag.slice(0, flag.indexOf('=')), flag.slice(flag.indexOf('=') + 1)]
    else if (/^-[XHAbedu]./.test(flag)) [flag, value] = [flag.slice(0, 2), flag.slice(2)]
    const next = () => value ?? args[++i] ?? ''
    switch (flag) {
      case '-X': case '--request': out.method = next(); break
      case '-H': case '--header': add(next()); break
      case '-A': case '--user-agent': add('User-Agent: ' + next()); break
      case '-b': case '--cookie': add('Cookie: ' + next()); break
      case '-e': case '--referer': add('Referer: ' + next()); break
      case '-u': case '--user': add('Authorization: Basic ' + base64(next())); break
      case '--oauth2-bearer': add('Authorization: Bearer ' + next()); break
      case '--url': out.url = next(); break
      case '-I': case '--head': head = true; break
      case '-G': case '--get': get = true; break
      case '-d': case '--data': case '--data-raw': case '--data-binary': case '--data-ascii': case '--data-urlencode': case '--json':
        next()
        body = true
        break
      default:
        if (valued.has(flag) && value === undefined) i++
    }
  }
  if (!out.url) throw new Error('URL')
  if (!out.url.includes('://')) out.url = 'http://' + out.url
  out.method ??= head ? 'HEAD' : body && !get ? 'POST' : undefined
  if (out.method === undefined) delete out.method
  return out
}

function plain(list: string[]): Asked {
  const [first = '', second] = list
  const method = /^[A-Za-z]+$/.test(first) && second ? first.toUpperCase() : undefined
  const url = method ? second : first
  if (!url) throw new Error('URL')
  return { ...(method ? { method } : {}), url, headers: {} }
}

const base64 = (s: string) => btoa(Array.from(new TextEncoder().encode(s), b => String.fromCharCode(b)).join(''))
