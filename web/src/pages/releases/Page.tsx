import type { PageProps } from '../../pages'
import { Board } from './Board'
import { Releases } from './Releases'
import './releases.css'

export default function Page({ rest: [id] }: PageProps) {
  return id ? <Board key={id} id={id} /> : <Releases />
}
