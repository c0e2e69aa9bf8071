export const en = {
  title: 'Sign in to Moongate', token: 'Token', password: 'Name and password', name: 'Name', pass: 'Password', signIn: 'Sign in', how: 'How to sign in',
  tokenHelp: 'The first start of the gateway printed one.',
  wrong: 'That is not right. Please check it and try again.', slow: (s: number) => `Too many attempts. Please wait ${s} s.`,
  missing: 'Please fill this in.',
}
