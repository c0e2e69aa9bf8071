// Where one is: titles, the browser's back and forward, links into dialogs, two tabs, a session that
// ends, a gateway that is away for a while.
export default async function ({ step, api, login, base, token, equal, until }) {
  await api('PUT', '/services/placed', { url: 'http://127.0.0.1:9' })
  await api('PUT', '/upstreams/placed-pool', {})
  const page = await login()
  const dialog = page.getByRole('dialog')
  const go = name => page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
  const title = (p, want) => until(`the title ${want}`, async () => await p.title() === want)
  const path = () => { const u = new URL(page.url()); return u.pathname.replace('/dashboard', '') + u.search }

  await step('titles name the page, and what it shows', async () => {
    await go('Services')
    await title(page, 'Services · Moongate')
    await go('Upstreams')
    await page.getByRole('gridcell', { name: 'placed-pool', exact: true }).click()
    await title(page, 'placed-pool · Upstreams · Moongate')
  })

  await step('back closes a dialog, forward opens it, and closing it leaves nothing to go back to', async () => {
    await go('Services')
    await page.getByRole('gridcell', { name: 'placed', exact: true }).click()
    await dialog.getByLabel('Path').waitFor()
    const opened = path()
    await page.goBack()
    await dialog.waitFor({ state: 'detached' })
    equal(path(), '/services', 'path')
    await page.goForward()
    await dialog.getByLabel('Path').waitFor()
    equal(path(), opened, 'path')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.goBack()
    await title(page, 'placed-pool · Upstreams · Moongate')
    await page.goto(base + opened)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'detached' })
    equal(path(), '/services', 'path')
    await title(page, 'Services · Moongate')
  })

  await step('a page follows changes by one stream', async () => {
    const asked = []
    page.on('request', r => { if (new URL(r.url()).pathname === '/events') asked.push(r) })
    await page.goto(base + '/history')
    await page.getByRole('grid', { name: 'History' }).waitFor()
    await go('Audit')
    await page.getByRole('grid', { name: 'Audit' }).waitFor()
    await api('PATCH', '/services/placed', { retries: 3 })
    await page.getByText('PATCH /services/placed').first().waitFor()
    await go('Services')
    await page.getByRole('grid').waitFor()
    equal(asked.length, 1, 'streams')
  })

  await step('a session that ends in another tab is taken up again where one was', async () => {
    await page.goto(base + '/history?kind=services')
    const other = await page.context().newPage()
    await other.goto(base + '/settings')
    await other.getByRole('button', { name: 'Sign out' }).click()
    await other.locator('input[type=password]').waitFor()
    await page.bringToFront()
    await page.locator('input[type=password]').fill(token)
    await page.keyboard.press('Enter')
    await page.getByRole('grid', { name: 'History' }).waitFor()
    equal(path(), '/history?kind=services', 'path')
    await other.bringToFront()
    await other.getByRole('navigation').waitFor()
    await title(other, 'Settings · Moongate')
    await other.close()
  })

  await step('a gateway that is away is told, and the page goes on by itself', async () => {
    await page.route('**/*', r => r.abort())
    await go('Nodes')
    const told = page.getByText('The gateway does not answer. What you see may be old')
    await told.waitFor()
    await page.unroute('**/*')
    await told.waitFor({ state: 'detached' })
    await page.getByRole('grid').getByText('this one').waitFor()
  })
}
