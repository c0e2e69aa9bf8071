import type { PageProps } from '../../pages'
import { Detail } from './Detail'
import { Upstreams } from './Upstreams'

export default function Page({ rest: [id] }: PageProps) {
  return id ? <Detail key={id} id={id} /> : <Upstreams />
}
