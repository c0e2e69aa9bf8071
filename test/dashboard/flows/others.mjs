// What others do appears by itself, and is not overwritten.
export default async function ({ step, api, login, equal }) {
  await api('PUT', '/services/shared', { url: 'http://127.0.0.1:9' })
  const page = await login()
  const review = () => page.getByRole('button', { name: 'Review changes' }).click()

  await step('a route that somebody else makes, changes and deletes', async () => {
    await page.goto(page.url().replace(/\/dashboard\/.*/, '/dashboard/routes'))
    await page.getByRole('heading', { name: 'Routes', level: 1 }).waitFor()
    await page.getByRole('searchbox').fill('by-somebody')
    await page.getByText('Nothing matches the filter.').waitFor()
    await api('PUT', '/services/shared/routes/by-somebody', { paths: ['/one'] })
    await page.getByRole('gridcell', { name: '/one' }).waitFor()
    await api('PATCH', '/routes/by-somebody', { paths: ['/two'] })
    await page.getByRole('gridcell', { name: '/two' }).waitFor()
    await api('DELETE', '/routes/by-somebody')
    await page.getByText('Nothing matches the filter.').waitFor()
  })

  await step('a change in between is told, and nothing is overwritten', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Services' }).click()
    await page.getByRole('gridcell', { name: 'shared', exact: true }).click()
    await page.getByRole('dialog').getByLabel('Path').fill('/mine')
    await api('PATCH', '/services/shared', { path: '/theirs' })
    await review()
    await page.getByText('Somebody else has changed this').waitFor()
    equal((await api('GET', '/services/shared')).path, '/theirs', 'path')
  })

  await step('what was typed is not lost by one key', async () => {
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Go on editing' }).click()
    equal(await page.getByRole('dialog').getByLabel('Path').inputValue(), '/mine', 'path')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Discard' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  await step('a reason stands in the history', async () => {
    await page.getByRole('gridcell', { name: 'shared', exact: true }).click()
    await page.getByRole('dialog').getByLabel('Path').fill('/agreed')
    await review()
    await page.getByLabel('Reason').fill('月门 agreed')
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    await page.getByText('Service shared has been changed.').waitFor()
    const { data: [last] } = await api('GET', '/revisions?size=1')
    equal([last.why, last.changes[0].fields.includes('path')], ['月门 agreed', true], 'revision')
  })
}
