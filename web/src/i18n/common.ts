import { useCallback } from 'react'
import { useTexts } from '.'
import { en } from './en'
import { zh } from './zh'

/** useCommon gives the texts that all pages share. */
export const useCommon = () => useTexts({ en, zh })

/** useKinds calls a kind by its word. */
export function useKinds(): (kind: string) => string {
  const { kinds } = useCommon()
  return useCallback((kind: string) => (kinds as Record<string, string>)[kind] ?? kind, [kinds])
}
