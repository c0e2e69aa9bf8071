// Every page in both themes is looked at by axe, and is in Chinese when the browser is.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

async function look(page, what) {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const r = await window.axe.run(document, { resultTypes: ['violations'] })
    return r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(v => `${v.id} (${v.impact}): ${v.help}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 200)).join(' | ')}`)
  })
  if (found.length) throw new Error(`${what}:\n${found.join('\n')}`)
}

const settled = page => page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('[aria-busy]'))

// So that tables have rows.
const entities = {
  '/upstreams/axe-pool': {},
  '/services/axe': { url: 'http://axe-pool' },
  '/services/axe/routes/axe': { paths: ['/axe'], hosts: ['axe.example.com'], methods: ['GET'] },
  '/upstreams/axe-pool/targets/127.0.0.1:9': { weight: 0 },
  '/consumers/axe': { tags: ['reader'] },
  '/plugins/0b62c1d4-3b43-4f5b-9a57-0e9a3d5d1a5e': { name: 'cors', service: { name: 'axe' } },
}

export default async function ({ step, api, open, login, base, equal }) {
  const themes = ['light', 'dark']
  for (const [path, body] of Object.entries(entities)) await api('PUT', path, body)
  await step('login', async () => {
    const page = await open()
    await page.goto(base + '/')
    await settled(page)
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme })
      await look(page, `login, ${colorScheme}`)
    }
  })

  const page = await login()
  const paths = await page.locator('nav a').evaluateAll(list => list.map(a => a.getAttribute('href')))
  for (const path of paths) {
    await step(path.replace('/dashboard/', ''), async () => {
      await page.locator(`nav a[href="${path}"]`).click()
      await settled(page)
      for (const colorScheme of themes) {
        await page.emulateMedia({ colorScheme })
        await look(page, `${path}, ${colorScheme}`)
      }
    }).catch(() => {}) // told already; the other pages are looked at too
  }

  await step('one upstream, one consumer', async () => {
    for (const [list, name] of [['Upstreams', 'axe-pool'], ['Consumers', 'axe']]) {
      await page.getByRole('navigation').getByRole('link', { name: list }).click()
      await page.getByRole('gridcell', { name, exact: true }).click()
      await page.getByRole('heading', { name, level: 1 }).waitFor()
      await settled(page)
      for (const colorScheme of themes) {
        await page.emulateMedia({ colorScheme })
        await look(page, `${name}, ${colorScheme}`)
      }
    }
  })

  await step('a form, the palette and a menu', async () => {
    await page.goto(base + '/routes?open=new')
    await page.getByRole('dialog').getByLabel('Name').waitFor()
    await page.getByRole('button', { name: /more settings/ }).click()
    await look(page, 'the form of a route')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('o')
    await look(page, 'the palette')
    await page.keyboard.press('Escape')
    await page.goto(base + '/plugins?tab=catalogue')
    await page.getByRole('button', { name: 'Add rate-limiting' }).click()
    await page.getByRole('dialog').getByLabel('Minute').waitFor()
    for (const b of await page.getByRole('button', { name: /more settings/ }).all()) await b.click()
    await look(page, 'the form of a plugin')
  })

  await step('everything works by keyboard', async () => {
    await page.goto(base + '/services')
    await page.getByRole('grid').waitFor()
    await page.keyboard.press('Tab')
    equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content', 'first thing')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('Routes')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Routes', level: 1 }).waitFor()
    await page.getByRole('grid').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByLabel('Name').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  await step('Chinese, and as wide as a telephone', async () => {
    const page = await login({ locale: 'zh-CN', viewport: { width: 390, height: 844 } })
    for (const path of paths) {
      await page.getByRole('button', { name: '菜单' }).click()
      await page.locator(`nav a[href="${path}"]`).click()
      await settled(page)
      const title = await page.locator('h1').innerText()
      if (!/\p{Script=Han}/u.test(title)) throw new Error(`${path} is called ${title}`)
      equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `${path} fits`)
    }
    equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN', 'lang')
  })
}
