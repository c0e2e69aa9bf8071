import { Store } from '../api/store'

export type Theme = 'light' | 'dark' | 'auto'
export type Density = 'compact' | 'comfortable'

function kept<T extends string>(name: string, values: readonly T[], usual: T) {
  const s = localStorage.getItem(name)
  const store = new Store<T>(values.includes(s as T) ? s as T : usual)
  const attribute = 'data-' + name.split('.')[1]
  const show = () => document.documentElement.setAttribute(attribute, store.get())
  store.follow(() => {
    localStorage.setItem(name, store.get())
    show()
  })
  show()
  return store
}

// Both stand at <html>, where the style sheet looks.
export const theme = kept<Theme>('moongate.theme', ['auto', 'light', 'dark'], 'auto')
export const density = kept<Density>('moongate.density', ['compact', 'comfortable'], 'compact')
