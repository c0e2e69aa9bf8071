import { useEffect, useState } from 'react'
import { ago, time, useTexts } from '../../i18n'
import { Badge, Copy, Note, Tags } from '../../ui/bits'
import { en } from './en'
import { hex } from './der'
import { common, covers, state, tones, type Certificate } from './x509'
import { zh } from './zh'

/** When it ends, in words and in the colour of how near that is. */
export function Expiry({ c }: { c: Certificate }) {
  const t = useTexts({ en, zh })
  const s = state(c)
  return <span title={`${t.until(time(c.from), time(c.until))}`}><Badge tone={tones[s]} dot>{s === 'good' ? ago(c.until) : `${t.states[s]} ${ago(s === 'early' ? c.from : c.until)}`}</Badge></span>
}

/** What is to be done about a certificate, if anything. */
export function Warnings({ all, snis }: { all: Certificate[]; snis?: string[] }) {
  const t = useTexts({ en, zh })
  const [c] = all
  if (!c) return <Note tone="warn">{t.unreadable}</Note>
  const s = state(c)
  const foreign = (snis ?? []).filter(h => !covers(c, h))
  return (
    <>
      {s === 'expired' && <Note tone="bad">{t.expiredNote(ago(c.until))}</Note>}
      {(s === 'urgent' || s === 'soon') && <Note tone="warn">{t.soonNote(ago(c.until))}</Note>}
      {s === 'early' && <Note tone="warn">{t.earlyNote(time(c.from))}</Note>}
      {foreign.length > 0 && <Note tone="warn">{t.uncovered(foreign.join(', '))}</Note>}
      {snis && !snis.length && <Note>{t.noServersNote}</Note>}
      {snis && all.length === 1 && !c.selfSigned && <Note>{t.alone}</Note>}
    </>
  )
}

/** All that a certificate says. */
export function Facts({ c }: { c: Certificate }) {
  const t = useTexts({ en, zh })
  const digest = useDigest(c.der)
  return (
    <dl className="facts">
      <dt>{t.expires}</dt><dd><Expiry c={c} /></dd>
      <dt>{t.valid}</dt><dd>{t.until(time(c.from), time(c.until))}</dd>
      <dt>{t.subject}</dt><dd>{c.subject || '–'} {c.authority && <Badge>{t.authority}</Badge>}</dd>
      <dt>{t.issuer}</dt><dd>{c.selfSigned ? <Badge>{t.selfSigned}</Badge> : c.issuer}</dd>
      {c.names.length > 0 && <><dt>{t.names}</dt><dd><Tags list={c.names} wrap mono /></dd></>}
      <dt>{t.key}</dt><dd>{c.key}</dd>
      <dt>{t.serial}</dt><dd className="mono digest">{c.serial}</dd>
      {digest && <><dt>{t.digest}</dt><dd className="line"><code className="digest">{digest}</code><Copy text={digest} /></dd></>}
    </dl>
  )
}

/** The other certificates that are sent with it. */
export function Chain({ rest }: { rest: Certificate[] }) {
  return <ul className="links">{rest.map((c, i) => <li key={i}><span className="cut" title={c.subject}>{common(c.subject)}</span><span className="push"><Expiry c={c} /></span></li>)}</ul>
}

// Browsers digest only on pages that came by TLS or from this machine.
function useDigest(der: Uint8Array): string {
  const [digest, setDigest] = useState('')
  useEffect(() => {
    let gone = false
    void globalThis.crypto?.subtle?.digest('SHA-256', der as BufferSource).then(d => { if (!gone) setDigest(hex(new Uint8Array(d))) })
    return () => { gone = true }
  }, [der])
  return digest
}
