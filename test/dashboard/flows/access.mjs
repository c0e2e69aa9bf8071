// People and their traces: users, roles, tokens, what they did, and the way back.
export default async function ({ step, api, open, login, base, equal, until }) {
  await api('PUT', '/services/turned', { url: 'http://127.0.0.1:9' })
  const page = await login()
  const go = name => page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
  const dialog = page.getByRole('dialog')
  const say = text => page.getByText(text).waitFor()
  // Somebody else's page, or nothing of it.
  const enter = async (name, password) => {
    const other = await open()
    await other.goto(base + '/')
    await other.getByText('Name and password').click()
    await other.getByLabel('Name', { exact: true }).fill(name)
    await other.getByLabel('Password', { exact: true }).fill(password)
    await other.keyboard.press('Enter')
    return other
  }
  let password

  await step('a user with a password that was suggested comes in', async () => {
    await go('Users and roles')
    await page.getByRole('button', { name: 'New user' }).first().click()
    await dialog.getByLabel('Name').fill('grace')
    await dialog.getByRole('button', { name: 'Suggest one' }).click()
    password = await dialog.getByLabel('Password', { exact: true }).inputValue()
    equal(password.length, 23, 'length')
    await dialog.getByRole('radio', { name: /^admin/ }).check()
    await dialog.getByRole('button', { name: 'Create' }).click()
    await say('User grace has been created.')
    const grace = await enter('grace', password)
    await grace.getByRole('link', { name: 'Users and roles' }).waitFor()
    await grace.context().close()
  })

  await step('a token is shown once, and is of no use any more when it is deleted', async () => {
    await page.getByRole('gridcell', { name: 'grace', exact: true }).click()
    await page.getByRole('button', { name: 'New token' }).click()
    await dialog.getByLabel('What it is for').fill('ci')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await say('The new token')
    const token = await dialog.locator('code').textContent()
    const ask = async () => (await fetch(new URL('/services', base), { headers: { Authorization: `Bearer ${token}` } })).status
    equal(await ask(), 200, 'answer')
    await page.getByRole('button', { name: 'I have it' }).click()
    await page.reload()
    await page.getByRole('button', { name: 'Delete: ci' }).waitFor()
    equal((await page.content()).includes(token), false, 'shown again')
    await page.getByRole('button', { name: 'Delete: ci' }).click()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await say('The token has been deleted.')
    equal(await ask(), 401, 'answer')
  })

  await step('the last admin stays one', async () => {
    await page.getByRole('button', { name: 'Change the role' }).click()
    await dialog.getByRole('radio', { name: /^viewer/ }).check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await say('must stay one')
    await page.keyboard.press('Escape')
  })

  await step('a viewer does not see what it may not do', async () => {
    await api('POST', '/users', { name: 'vera', role: 'viewer', password: 'correct horse' })
    const vera = await enter('vera', 'correct horse')
    await vera.getByRole('link', { name: 'History' }).waitFor()
    equal(await vera.getByRole('link', { name: 'Users and roles' }).count(), 0, 'users')
    await vera.getByRole('link', { name: 'Certificates' }).click()
    await vera.getByText('No certificates yet').waitFor()
    equal(await vera.getByRole('button', { name: 'New certificate' }).count(), 0, 'certificates')
    // Everybody changes the own password.
    await vera.getByRole('link', { name: 'Settings' }).click()
    await vera.getByRole('button', { name: 'Change your password' }).click()
    await vera.getByLabel('The one so far', { exact: true }).fill('correct horse')
    await vera.getByLabel('New password', { exact: true }).fill('correcter horse')
    await vera.getByLabel('The new one again', { exact: true }).fill('correcter horse')
    await vera.keyboard.press('Enter')
    await vera.getByText('Your password has been changed.').waitFor()
    await vera.getByRole('link', { name: 'History' }).click()
    await vera.getByRole('grid', { name: 'History' }).waitFor()
    await vera.context().close()
  })

  await step('the history grows by itself, and a revision is rolled back with a reason', async () => {
    const { data: [good] } = await api('GET', '/revisions?size=1')
    await go('History')
    await page.getByRole('grid', { name: 'History' }).waitFor()
    await api('PATCH', '/services/turned', { retries: 29 })
    await page.getByText('PATCH /services/turned').waitFor()
    await page.goto(`${base}/history?open=${good.number}`)
    await page.getByRole('button', { name: 'Roll back to this state' }).click()
    const confirm = dialog.last()
    await confirm.getByText('retries: 29').waitFor()
    await confirm.getByLabel('Reason').fill('回滚 of the test')
    await confirm.getByRole('button', { name: 'Roll back', exact: true }).click()
    await say(`Everything is as it was at revision ${good.number}.`)
    await page.getByText('回滚 of the test').waitFor()
    equal((await api('GET', '/services/turned')).retries, 5, 'retries')
  })

  await step('the audit tells who was refused', async () => {
    const stranger = await enter('vera', 'a wrong password')
    await stranger.getByText('That is not right').waitFor()
    await stranger.context().close()
    await go('Audit')
    await page.getByLabel('Kind of event').selectOption('Refused')
    await page.getByText('Sign-in refused').first().waitFor()
    await until('only those', async () => await page.getByText('Signed in', { exact: true }).count() === 0)
  })
}
