import type { PageProps } from '../../pages'
import { Consumers } from './Consumers'
import { Detail } from './Detail'

export default function Page({ rest: [id] }: PageProps) {
  return id ? <Detail key={id} id={id} /> : <Consumers />
}
