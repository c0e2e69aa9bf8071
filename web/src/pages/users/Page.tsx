import { useMay } from '../../api/session'
import { useTexts } from '../../i18n'
import { useCommon } from '../../i18n/common'
import type { PageProps } from '../../pages'
import { Note, Page } from '../../ui/bits'
import { Detail } from './Detail'
import { en } from './en'
import { Roles } from './Roles'
import { Users } from './Users'
import './users.css'
import { zh } from './zh'

export default function UsersPage({ rest: [name] }: PageProps) {
  const t = useTexts({ en, zh })
  const common = useCommon()
  if (!useMay('admin')) return <Page title={t.title}><Note>{common.failed.forbidden}</Note><Roles /></Page>
  return name ? <Detail key={name} name={name} /> : <Users />
}
