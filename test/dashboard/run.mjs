// Runs the flows in a browser and prints a line for each step: "ok FLOW/STEP MILLISECONDS", or
// "FAIL FLOW/STEP" with why in the lines below. dashboard_test.go reads them.
//
// node run.mjs [FLOW...]   needs ADMIN and PROXY (addresses), TOKEN, OUT (a folder) in the environment.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const flows = ['first', 'others', 'places', 'release', 'access', 'pages', 'many']

const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const { ADMIN, PROXY, TOKEN, OUT = '/tmp', CHROMIUM = '/usr/bin/chromium' } = process.env
const base = `http://${ADMIN}/dashboard`

const browser = await chromium.launch({ executablePath: CHROMIUM, args })
let failed = false

/** api asks the Admin API as a program does. */
async function api(method, path, body) {
  const r = await fetch(`http://${ADMIN}${path}`, {
    method, headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body),
  })
  const text = await r.text()
  if (!r.ok) throw new Error(`${method} ${path}: ${r.status} ${text}`)
  return text ? JSON.parse(text) : undefined
}

/** open is a new visitor: no cookie, nothing kept. */
async function open(o = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', colorScheme: 'light', ...o })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  page.wrong = []
  page.on('pageerror', e => page.wrong.push(e.stack ?? String(e)))
  // A refusal of the API is no error of the page; what the policy forbids is.
  page.on('console', m => { if (m.type() === 'error' && !/Failed to load resource/.test(m.text())) page.wrong.push(m.text()) })
  return page
}

/** login gives a page of somebody who has logged in by token. */
async function login(o) {
  const page = await open(o)
  await page.goto(base + '/')
  await page.locator('input[type=password]').fill(TOKEN)
  await page.keyboard.press('Enter')
  await page.locator('nav').waitFor({ state: 'attached' })
  return page
}

function equal(got, want, what = 'value') {
  if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(`${what} is ${JSON.stringify(got)}, not ${JSON.stringify(want)}`)
}

/** until waits for what another process makes true. */
async function until(what, f) {
  const end = Date.now() + 20_000
  let last
  while (Date.now() < end) {
    try { if (await f()) return } catch (e) { last = e }
    await new Promise(r => setTimeout(r, 20))
  }
  throw new Error(`waited in vain: ${what}${last ? `: ${last.message}` : ''}`)
}

for (const name of process.argv.length > 2 ? process.argv.slice(2) : flows) {
  const pages = []
  const keep = f => async o => { const p = await f(o); pages.push(p); return p }
  const step = async (title, f) => {
    const begin = Date.now()
    try {
      await f()
      for (const p of pages) if (p.wrong.length) throw new Error(p.wrong.splice(0).join('\n'))
      console.log(`ok ${name}/${title} ${Date.now() - begin}`)
    } catch (e) {
      failed = true
      console.log(`FAIL ${name}/${title}\n    ${String(e.stack ?? e).replaceAll('\n', '\n    ')}`)
      for (const [i, p] of pages.entries()) await p.screenshot({ path: join(OUT, `${name}-${i}.png`) }).catch(() => {})
      throw e
    }
  }
  try {
    const flow = (await import(`./flows/${name}.mjs`)).default
    await flow({ step, api, base, proxy: PROXY, token: TOKEN, open: keep(open), login: keep(login), equal, until })
  } catch (e) {
    if (!failed) { // not in a step
      failed = true
      console.log(`FAIL ${name}/flow\n    ${String(e.stack ?? e).replaceAll('\n', '\n    ')}`)
    }
  }
  for (const p of pages) await p.context().close()
}
await browser.close()
writeFileSync(join(OUT, 'done'), '')
process.exitCode = failed ? 1 : 0
