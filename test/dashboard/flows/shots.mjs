// Pictures for docs/guide/dashboard.md, of a gateway with some services and a little traffic. Not a
// test: MOONGATE_SHOTS=docs/guide/dashboard go test ./test/dashboard -run Shots
import { mkdirSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'

const services = ['catalog', 'orders', 'payments', 'reviews', 'search', 'shipping', 'users']

async function seed(api) {
  const targets = process.env.TARGETS.split(',')
  for (const [i, s] of services.entries()) {
    await api('PUT', `/upstreams/${s}.pool`, { algorithm: i % 3 ? 'round-robin' : 'least-connections', healthchecks: { passive: { unhealthy: { http_failures: 3 } } } })
    for (const [k, target] of targets.entries()) await api('PUT', `/upstreams/${s}.pool/targets/${target}`, { weight: k ? 50 : 150, version: `v${k + 1}`, tags: [s] })
    await api('PUT', `/services/${s}`, { host: `${s}.pool`, protocol: 'http', port: 80, tags: [`team-${s}`] })
    for (const v of ['v1', 'v2']) await api('PUT', `/services/${s}/routes/${s}-${v}`, { paths: [`/${v}/${s}`], methods: v === 'v1' ? ['GET', 'HEAD'] : null, hosts: i % 2 ? ['api.example.com'] : null })
  }
  await api('PUT', '/upstreams/old.pool', {})
  await api('PUT', '/services/legacy', { host: '127.0.0.1', port: 9, protocol: 'http', enabled: true })
  await api('PUT', '/services/legacy/routes/legacy', { paths: ['/legacy'] })
  await api('PUT', '/releases/orders-2', {
    upstream: { name: 'orders.pool' }, baseline: { version: 'v1' }, candidate: { version: 'v2' }, percentage: 30, sticky: { from: 'header', name: 'X-User' }, match: { addresses: ['10.20.0.0/16'] },
    guard: { max_error_rate: 5, max_p95: 500 }, ramp: [{ percentage: 30, duration: 3600 }, { percentage: 60, duration: 3600 }, { percentage: 100, duration: 3600 }],
  })
  for (const c of ['android-app', 'ios-app', 'partner-acme', 'web']) await api('PUT', `/consumers/${c}`, { tags: ['clients'] })
  await api('POST', '/consumers/partner-acme/key-auth', { key: 'demo-key-of-the-partner' })
  await api('POST', '/consumers/partner-acme/acls', { group: 'partners' })
  for (const body of [{ name: 'correlation-id' }, { name: 'prometheus' }, { name: 'key-auth', service: { name: 'payments' } }, { name: 'rate-limiting', service: { name: 'payments' }, config: { minute: 600, policy: 'local' } }, { name: 'cors', route: { name: 'search-v2' } }, { name: 'rate-limiting', consumer: { username: 'partner-acme' }, config: { hour: 10000 } }]) await api('POST', '/plugins', body)
}

/** load asks like many visitors, in waves, until it is told to stop. */
function load(proxy) {
  let on = true
  let n = 0
  const agent = new http.Agent({ keepAlive: true })
  const one = async () => {
    while (on) {
      const s = services[Math.floor(Math.random() ** 2 * services.length)]
      const path = n++ % 60 === 0 ? '/nowhere' : n % 90 === 0 ? '/legacy' : `/v${1 + n % 2}/${s}`
      await new Promise(done => http.get(`http://${proxy}${path}`, { agent, headers: { Host: 'api.example.com', 'X-User': `u${n % 200}`, ...(n % 40 ? { apikey: 'demo-key-of-the-partner' } : {}) } }, r => r.resume().on('end', done)).on('error', done))
      await new Promise(r => setTimeout(r, 20 + 30 * Math.random() + 20 * Math.sin(Date.now() / 7000)))
    }
  }
  const all = Array.from({ length: 12 }, one)
  return async () => { on = false; await Promise.all(all) }
}

export default async function ({ step, api, login, base, proxy }) {
  const out = process.env.SHOTS
  mkdirSync(out, { recursive: true })
  await seed(api)
  await api('POST', '/users', { name: 'ada', role: 'admin', password: 'correct horse battery' })
  const stop = load(proxy)
  try {
    const page = await login()
    const go = async path => {
      await page.goto(base + path)
      await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('[aria-busy]'))
      await page.waitForTimeout(1200)
    }
    const shot = name => step(name, () => page.screenshot({ path: join(out, name + '.png') }))
    await go('/overview')
    await page.waitForTimeout(Number(process.env.SHOTS_WAIT ?? 90) * 1000) // so that the curves are long
    await shot('overview')
    await go('/routes')
    await shot('routes')
    await go('/upstreams')
    await page.getByRole('gridcell', { name: 'orders.pool', exact: true }).click()
    await page.waitForTimeout(1500)
    await shot('upstream')
    await go('/releases')
    await page.getByRole('gridcell', { name: 'orders-2', exact: true }).click()
    await page.waitForTimeout(Number(process.env.SHOTS_WAIT ?? 90) * 500) // its curves begin when the page is opened
    await shot('release')
    await go('/requests')
    await page.getByText('Errors', { exact: true }).click()
    await page.getByText('401', { exact: true }).first().waitFor()
    await page.getByRole('button', { name: 'Pause' }).click() // rows no longer move
    await page.getByText('401', { exact: true }).first().click()
    await page.getByRole('button', { name: 'Explain this request' }).click()
    await page.getByText(/Credentials are not looked at here/).waitFor()
    await shot('explain')
    await page.emulateMedia({ colorScheme: 'dark' })
    await go('/plugins?tab=catalogue')
    await shot('plugins')
    await page.getByRole('button', { name: 'Add rate-limiting' }).click()
    await page.getByRole('radio', { name: 'A service' }).check({ force: true })
    await page.getByLabel('Only of this service').click()
    await page.getByRole('option', { name: 'orders' }).click()
    await page.getByLabel('Minute').fill('600')
    await page.getByRole('button', { name: 'Review changes' }).click()
    await page.getByRole('button', { name: 'Apply', exact: true }).waitFor()
    await shot('review')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.evaluate(() => localStorage.setItem('moongate.language', 'zh'))
    await go('/overview')
    await shot('telephone')
  } finally {
    await stop()
  }
}
