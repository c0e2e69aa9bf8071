import type { Paged } from '../../api/paged'
import { useCommon } from '../../i18n/common'
import { explain } from '../../ui/bits'
import { Button } from '../../ui/Button'

/** What stands below a list that goes on: how much of it is there, and the way to more. */
export function More({ list, text, older }: { list: Pick<Paged<unknown>, 'busy' | 'ended' | 'error' | 'older'>; text: string; older: string }) {
  const t = useCommon()
  return (
    <div className="more-rows">
      <span role="status">{list.error ? explain(list.error, t) : text}</span>
      {!list.ended && <Button small icon="down" disabled={list.busy} onClick={list.older}>{older}</Button>}
    </div>
  )
}
