// From the first start to a service that asks for a key and limits: what a new user does in the
// first minutes, all of it in the page.
export default async function ({ step, open, base, proxy, token, equal, until }) {
  const page = await open()
  const ask = async (path, headers) => (await fetch(`http://${proxy}${path}`, { headers })).status
  const apply = async said => {
    await page.getByRole('button', { name: 'Review changes' }).click()
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    await page.getByText(said).waitFor()
  }
  const nav = name => page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
  const field = name => page.getByRole('dialog').getByLabel(name, { exact: false }).first()

  await step('a wrong token is refused, the right one logs in', async () => {
    await page.goto(`http://${new URL(base).host}/`)
    equal(new URL(page.url()).pathname, '/dashboard/', 'path')
    await page.getByLabel('Token').last().fill('mg_wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Token').last().fill(token)
    await page.keyboard.press('Enter')
    await page.getByText('Three steps to the first request').waitFor()
    const cookie = (await page.context().cookies()).find(c => c.name === 'moongate_session')
    equal([cookie.httpOnly, cookie.sameSite], [true, 'Strict'], 'cookie')
    equal(await page.evaluate(t => JSON.stringify({ ...localStorage, ...sessionStorage }).includes(t), token), false, 'token kept in the page')
  })

  await step('an upstream with two targets', async () => {
    await nav('Upstreams')
    await page.getByRole('button', { name: 'New upstream' }).first().click()
    await field('Name').fill('pool')
    await apply('Upstream pool has been created.')
    await page.getByRole('gridcell', { name: 'pool', exact: true }).click()
    for (const target of process.env.TARGETS.split(',')) {
      await page.getByRole('button', { name: 'Add a target' }).first().click()
      await field('Target').fill(target)
      await apply(`Target ${target} has been added.`)
    }
    await page.getByRole('gridcell', { name: process.env.TARGETS.split(',')[1], exact: true }).waitFor()
  })

  await step('a service: what is wrong is told at its field', async () => {
    await nav('Services')
    await page.getByRole('button', { name: 'New service' }).first().click()
    await field('Name').fill('shop')
    await field('Port').fill('99999')
    await page.getByRole('button', { name: 'Review changes' }).click()
    await page.getByText('is required').waitFor()
    await field('Host').fill('pool')
    await page.getByRole('button', { name: 'Review changes' }).click()
    await page.getByText('value should be between 0 and 65535').waitFor()
    await field('Port').fill('80')
    await apply('Service shop has been created.')
  })

  await step('a route, and requests arrive', async () => {
    await nav('Routes')
    await page.getByRole('button', { name: 'New route' }).first().click()
    await field('Name').fill('shop')
    await field('Service').click()
    await page.getByRole('option', { name: 'shop' }).click()
    await field('Paths').fill('/shop')
    await page.keyboard.press('Enter')
    await apply('Route shop has been created.')
    equal(await ask('/shop'), 200, 'status')
  })

  await step('a target is drained: the other one answers', async () => {
    await nav('Upstreams')
    await page.getByRole('gridcell', { name: 'pool', exact: true }).click()
    await page.getByRole('button', { name: /^Drain/ }).first().click()
    // The answer comes when the workers know; the badge may be there before.
    await page.getByText(/gets no new requests/).waitFor()
    await page.getByText('draining', { exact: true }).waitFor()
    const seen = new Set()
    for (let i = 0; i < 10; i++) seen.add(await (await fetch(`http://${proxy}/shop`)).text())
    equal(seen.size, 1, 'number of targets that answer')
    await page.getByRole('button', { name: /^Take requests again/ }).first().click()
    await until('both answer', async () => {
      seen.add(await (await fetch(`http://${proxy}/shop`)).text())
      return seen.size === 2
    })
  })

  await step('key-auth and rate-limiting from their forms', async () => {
    for (const [name, fill] of [['key-auth', async () => {}], ['rate-limiting', () => field('Minute').fill('3')]]) {
      await nav('Plugins')
      await page.getByRole('tab', { name: 'Catalogue' }).click()
      await page.getByRole('button', { name: `Add ${name}` }).click()
      await page.getByRole('radio', { name: 'A service' }).check({ force: true })
      await field('Only of this service').click()
      await page.getByRole('option', { name: 'shop' }).click()
      await fill()
      await apply(`Plugin ${name} has been added.`)
    }
    equal(await ask('/shop'), 401, 'status without a key')
  })

  await step('a consumer with a key; the limit holds', async () => {
    await nav('Consumers')
    await page.getByRole('button', { name: 'New consumer' }).first().click()
    await field('Username').fill('anna')
    await apply('Consumer anna has been created.')
    await page.getByRole('gridcell', { name: 'anna', exact: true }).click()
    await page.getByRole('button', { name: 'Add: Keys' }).click()
    await field('Key').fill('sesame')
    await apply('The credential has been added.')
    const key = { apikey: 'sesame' }
    const got = []
    for (let i = 0; i < 8; i++) got.push(await ask('/shop', key))
    equal(got[0], 200, 'status with the key')
    equal(got.at(-1), 429, 'status beyond the limit') // two windows at most, if a minute has just begun
  })

  await step('the overview shows the traffic as it comes', async () => {
    await nav('Overview')
    let on = true
    const load = (async () => { while (on) await ask('/shop') })()
    try {
      await page.getByRole('cell', { name: 'shop' }).first().waitFor()
    } finally {
      on = false
      await load
    }
  })

  await step('a deletion says what goes with it', async () => {
    await nav('Consumers')
    await page.getByRole('button', { name: 'Actions: anna' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByText('key', { exact: true }).waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('Consumer anna has been deleted.').waitFor()
  })

  await step('logging out ends the session', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('Sign in to Moongate').waitFor()
    equal((await page.request.get(new URL('/routes', base).href)).status(), 401, 'status')
  })
}
