import { useTexts } from '.'
import { en } from './en'
import { zh } from './zh'

/** useCommon gives the texts that all pages share. */
export const useCommon = () => useTexts({ en, zh })
