// A gray release in a minute: made from the form, its share moved, the split seen, taken back by
// its guard, and a revision rolled back. Then what becomes of a request is explained.
export default async function ({ step, api, login, proxy, base, equal, until }) {
  const targets = process.env.TARGETS.split(',')
  const [host, port] = targets[1].split(':')
  await api('PUT', '/services/old', { url: `http://${targets[0]}/` })
  const next = await api('PUT', '/services/next', { host, port: Number(port), path: '/' })
  await api('PUT', '/routes/gray', { paths: ['/gray'], service: { name: 'old' } })
  const page = await login()
  const nav = name => page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
  const field = name => page.getByRole('dialog').getByLabel(name, { exact: false }).first()
  const share = async () => {
    let got = 0
    for (let i = 0; i < 60; i++) if (await (await fetch(`http://${proxy}/gray`, { headers: { 'X-User': `u${i}` } })).text() === 'two\n') got++
    return got
  }
  let on = true, user = 0
  const load = (async () => { while (on) await fetch(`http://${proxy}/gray`, { headers: { 'X-User': `u${user++ % 200}` } }).catch(() => {}) })()

  try {
    await step('a release from the form', async () => {
      await nav('Releases')
      await page.getByRole('button', { name: 'New release' }).first().click()
      await field('Name').fill('gray')
      await page.getByRole('dialog').getByRole('combobox', { name: 'Service' }).first().click()
      await page.getByRole('option', { name: 'old' }).click()
      const candidate = page.getByRole('group', { name: 'Candidate' })
      await candidate.getByRole('combobox', { name: 'Service' }).click()
      await page.getByRole('option', { name: 'next' }).click()
      await page.getByRole('button', { name: 'Review changes' }).click()
      await page.getByRole('button', { name: 'Apply', exact: true }).click()
      await page.getByText('Release gray has begun.').waitFor()
      await api('PATCH', '/releases/gray', { sticky: { from: 'header', name: 'X-User' }, guard: { max_error_rate: 20, min_requests: 20, window: 30 } })
      equal(await share(), 0, 'requests for the candidate at 0 %')
      await page.getByText('Traffic split').waitFor() // the board comes by itself
    })

    await step('the slider moves the traffic, and the board shows it', async () => {
      const slider = page.getByRole('slider', { name: 'Per cent for the candidate' })
      await slider.focus()
      for (let i = 0; i < 100; i++) await page.keyboard.press('ArrowRight') // half a per cent each
      equal(await slider.inputValue(), '50', 'slider')
      await page.getByRole('button', { name: 'Apply', exact: true }).click()
      await page.getByText('50% of all others get the candidate now.').waitFor()
      const got = await share()
      equal(got > 12 && got < 48, true, `${got} of 60 at 50 %`)
      await page.getByText(/^[1-9][0-9.]*% of the requests of the last minute went to the candidate$/).waitFor()
      const before = new Set()
      for (let i = 0; i < 60; i++) if (await (await fetch(`http://${proxy}/gray`, { headers: { 'X-User': `u${i}` } })).text() === 'two\n') before.add(i)
      await page.getByRole('spinbutton', { name: /Per cent for the candidate/ }).fill('70')
      await page.keyboard.press('Enter')
      await page.getByText('70% of all others get the candidate now.').waitFor()
      for (const i of before) equal(await (await fetch(`http://${proxy}/gray`, { headers: { 'X-User': `u${i}` } })).text(), 'two\n', `the version of u${i}, who had the candidate`)
    })

    await step('a list of users is edited on the board', async () => {
      await page.getByRole('textbox', { name: 'Addresses and networks' }).fill('10.9.8.0/24')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Save the lists' }).click()
      await page.getByText('The lists count from now on.').waitFor()
      equal((await api('GET', '/releases/gray')).match.addresses, ['10.9.8.0/24'], 'addresses')
    })

    await step('the candidate fails: the guard takes it back and says why', async () => {
      await api('PATCH', '/services/next', { path: '/broken' })
      await page.getByText('rolled back', { exact: true }).first().waitFor()
      await page.getByRole('alert').getByText(/error/).waitFor()
      equal((await api('GET', '/releases/gray')).state, 'rolled_back', 'state')
      await until('everybody has the baseline', async () => await share() === 0)
    })

    await step('a revision is rolled back from the history', async () => {
      await api('PATCH', '/routes/gray', { paths: ['/gray', '/more'] })
      equal((await fetch(`http://${proxy}/more`)).status, 200, 'status')
      await nav('History')
      await page.getByRole('gridcell', { name: 'PATCH /routes/gray' }).first().click()
      await page.getByText('/more').first().waitFor()
      await page.getByRole('button', { name: 'Undo this change' }).click()
      await page.getByRole('button', { name: 'Roll back', exact: true }).click()
      await until('the path is gone', async () => (await fetch(`http://${proxy}/more`)).status === 404)
      equal((await api('GET', '/routes/gray')).paths, ['/gray'], 'paths')
    })

    await step('a pasted curl is explained', async () => {
      await nav('Explain')
      await page.getByRole('textbox', { name: /curl/ }).fill(`curl -H 'X-User: u1' http://${proxy}/gray/a`)
      await page.getByRole('button', { name: 'Explain', exact: true }).click()
      await page.getByText(/goes to/).waitFor()
      await page.getByRole('link', { name: 'gray', exact: true }).first().waitFor()
      await page.getByRole('heading', { name: 'Release' }).waitFor()
    })

    await step('so is a request that has just been', async () => {
      await nav('Requests')
      await page.getByRole('gridcell', { name: /\/gray/ }).first().click()
      await page.getByRole('button', { name: 'Explain this request' }).click()
      await page.getByText(/goes to/).waitFor()
      equal(new URL(page.url()).pathname, '/dashboard/explain', 'path')
    })
  } finally {
    on = false
    await load
  }
}
