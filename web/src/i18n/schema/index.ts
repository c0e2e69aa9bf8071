import { useEffect } from 'react'
import { language } from '..'
import { Store, useStore } from '../../api/store'

// Schemas come from the gateway in English. Their Chinese is large, and loaded where it is read.

type Words = { labels: Record<string, string>; about: Record<string, string> }

const chinese = new Store<Words | undefined>(undefined)

async function load() {
  if (chinese.get()) return
  const [l, a, p] = await Promise.all([import('./labels.zh'), import('./about.zh'), import('./plugins.zh')])
  chinese.set({ labels: l.labels, about: { ...a.about, ...p.plugins } })
}

/** useSchemaWords gives a field's label, and says what it is for, in the language that is read; undefined, or as it was, where there are no words for it. */
export function useSchemaWords() {
  const lang = useStore(language)
  const words = useStore(chinese)
  useEffect(() => { if (lang === 'zh') void load() }, [lang])
  const zh = lang === 'zh' ? words : undefined
  return {
    label: (name: string) => zh?.labels[name],
    about: (text: string | undefined) => text === undefined ? undefined : zh?.about[text] ?? text,
  }
}
