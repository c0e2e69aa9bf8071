import { expect, test } from 'vitest'
import { armour, blocks, chain, common, covers, sorted, state } from './x509'

// Made with openssl: of a root, for pay.example.com, and for api.example.com and an address.
const pay = `-----BEGIN CERTIFICATE-----
MIICujCCAaKgAwIBAgIUQWNuvXv0cORu2uc8NiRhYtwfS5swDQYJKoZIhvcNAQEL
BQAwPjELMAkGA1UEBhMCREUxFTATBgNVBAoMDEV4YW1wbGUgR21iSDEYMBYGA1UE
AwwPRXhhbXBsZSBSb290IENBMB4XDTI2MTEzMDE0MzAzMloXDTI2MTIxNDE0MzAz
MlowMTEVMBMGA1UECgwMRXhhbXBsZSBHbWJIMRgwFgYDVQQDDA9wYXkuZXhhbXBs
ZS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR6XmFkAzPsSmd8bqlJF4GW
CSAPtJQYSay6tgwKsS/v4e3vwaixiq/FLq9baJZ35yrhsJyilzXlI9GZkOZcyOIk
o4GHMIGEMC0GA1UdEQQmMCSCD3BheS5leGFtcGxlLmNvbYIRKi5wYXkuZXhhbXBs
ZS5jb20wEwYDVR0lBAwwCgYIKwYBBQUHAwEwHQYDVR0OBBYEFJReMwOl8lj9IFKh
m0lPGWtZICBMMB8GA1UdIwQYMBaAFFiG919NyTVGh6+0O09s3lPh9U9mMA0GCSqG
SIb3DQEBCwUAA4IBAQAClesTVMYfPy0bQ9BTB9frRSxFfiPruDqIslEadQRUKYvQ
8936BiaL55q/T8Wt4H9akNyj2UOHoGU5b8yr4Ecliv62tmfAomc9JHmjcEbzq5ub
FFa8W5Lk8SfSnahS7abz9J6o92Up6hJX0n53s+Z50w+Cyhvb5I5zotHeUEPDEf5c
xdGfSS0z4yLWdO5xwG7BvpUJolsVwLWfmz5mxAHeL0D4n58rTP6IHEOapaOxEQaV
JS03d4X4N7jTWlSoTcffSR7T6YkBdAUcRhIssRMCkGOXX+f3ZdZgFTJeNCy/ZfBv
GgWhwpr/ioARlp2JOZ7om9Vz4R99cAEWhY/dHt5y
-----END CERTIFICATE-----
`
const api = `-----BEGIN CERTIFICATE-----
MIICqzCCAZOgAwIBAgIUQWNuvXv0cORu2uc8NiRhYtwfS5wwDQYJKoZIhvcNAQEL
BQAwPjELMAkGA1UEBhMCREUxFTATBgNVBAoMDEV4YW1wbGUgR21iSDEYMBYGA1UE
AwwPRXhhbXBsZSBSb290IENBMB4XDTI2MTEzMDE0MzAzMloXDTI2MTIwMzE0MzAz
MlowMTEVMBMGA1UECgwMRXhhbXBsZSBHbWJIMRgwFgYDVQQDDA9hcGkuZXhhbXBs
ZS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASJvKzZrjZLCreOebdbql1x
RrFba+uqhg3VWq39u8iqVQz1bcX8N+cqk9siiKOeiigyRiZtU2w7DV6kQdn6RjYa
o3kwdzAgBgNVHREEGTAXgg9hcGkuZXhhbXBsZS5jb22HBAoAAAEwEwYDVR0lBAww
CgYIKwYBBQUHAwEwHQYDVR0OBBYEFGrQkhVL5jlbusoMKquHZStvVyABMB8GA1Ud
IwQYMBaAFFiG919NyTVGh6+0O09s3lPh9U9mMA0GCSqGSIb3DQEBCwUAA4IBAQBQ
MTvBdxs/EyVYIaXmHnTCGDcF3pf+EbVuA7DtXp30O7jUu+sWTAoC9LsuyG0UuYlo
aAPg1oXXnNfB+uqDJdeVChKCgbOM5EOGZmoKpOZ/qWwCGqWszGJ3QRpa7kxEAAuL
6NKpxFdWhbgxjSrGvm/B02RVNCVvmh7EQpALOtSn5XFJ8I7jJECO0CWy3nG/uhQ4
ExqNnqUTk8/zMdmN/TQI2CjFymyVm091SHN1C0rxT6uXZ6Mnr8Mw0T2SAiGjba1i
Tefv9UnQWK6JQ4qMA2yTB9VkurubGhwzrllRd3y2h/WIzGg2/ADlq48cqtSpBQif
3vBc0xe/burElWN5HjTE
-----END CERTIFICATE-----
`
const root = `-----BEGIN CERTIFICATE-----
MIIDXTCCAkWgAwIBAgIUYLDq6Vj61E01hv8B8paLmj+c7XMwDQYJKoZIhvcNAQEL
BQAwPjELMAkGA1UEBhMCREUxFTATBgNVBAoMDEV4YW1wbGUgR21iSDEYMBYGA1UE
AwwPRXhhbXBsZSBSb290IENBMB4XDTI2MTEzMDE0MzAzMloXDTM2MTEyNzE0MzAz
MlowPjELMAkGA1UEBhMCREUxFTATBgNVBAoMDEV4YW1wbGUgR21iSDEYMBYGA1UE
AwwPRXhhbXBsZSBSb290IENBMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKC
AQEA15Ob4qXcrFySvcuPGRbK/UTDQfRBq4as6RJ3iO+8teTffrmDPVKF7N3D3mAd
0jc9d7xTk586c8N/2USpUs9Xv/IQ84WagdOMs11lqNb5hugBErNqcahGGfA7Ar32
rdrEAC2P87t9kb53VNHLkKQchHP+ulidUhJwnElCa4T54VKBKoOPhYEF/dm8F/lR
s0JUkoCVxxFjotxgH+cGWDNNBf/OSnaXlDU9I1ssgADneQJpW3oMUDU5qdi/W0VE
52dxMiAlsGeOjVmq1Zth9awythrBSrNJN2/D/veCecy2xwFCoJ8IhCCgFp3d7kmE
n35cYouuw0kwWGpD1d7/rIHNGQIDAQABo1MwUTAdBgNVHQ4EFgQUWIb3X03JNUaH
r7Q7T2zeU+H1T2YwHwYDVR0jBBgwFoAUWIb3X03JNUaHr7Q7T2zeU+H1T2YwDwYD
VR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOCAQEAqYCSCIIKf8mMjlPCMkBH
7r8wbZ7yH7OmydU5BsG2J8CV5p4j4M6Hpnji2ErNQlUUuUJ3GSfpyfLnj6pYtFMT
xxDhcjO4Rys1BbiQYHqlVmEj8l4Enlzk/L9GPw9doMFWRaNWcB6sFMetTiHnxt0L
BXr6DpxT70y+bsWZqzXG8uDmEz4lpa2XAzN4/HgeAT4/6LP9XQ5OR1OhU7jSL9Qm
1KsPos+/IM8YsGPOV1cMGVEabAyqxlVvXEmXRtI0h8Eo7PqRnZgPQWZ1QOC0CEOv
3CxkP7jxTNsuonNCIUs5hm8So0YFee+sZA/wo7k+MA0dCEgONGjvW/CvWs0WDHl9
cw==
-----END CERTIFICATE-----
`

test('a certificate is read', () => {
  const [c, ...rest] = chain(pay)
  expect(rest).toEqual([])
  expect(c).toMatchObject({
    subject: 'CN=pay.example.com, O=Example GmbH', issuer: 'CN=Example Root CA, O=Example GmbH, C=DE', selfSigned: false, authority: false, key: 'ECDSA P-256',
    names: ['pay.example.com', '*.pay.example.com'], serial: '41:63:6E:BD:7B:F4:70:E4:6E:DA:E7:3C:36:24:61:62:DC:1F:4B:9B',
  })
  expect(new Date(c.from * 1000).toISOString()).toBe('2026-11-30T14:30:32.000Z')
  expect(new Date(c.until * 1000).toISOString()).toBe('2026-12-14T14:30:32.000Z')
  expect(common(c.subject)).toBe('pay.example.com')
})

test('a root signs itself, and is an authority', () => {
  expect(chain(root)[0]).toMatchObject({ selfSigned: true, authority: true, key: 'RSA 2048', names: [] })
})

test('addresses are names too', () => {
  expect(chain(api)[0].names).toEqual(['api.example.com', '10.0.0.1'])
})

test('a chain is read in its order, without what is broken', () => {
  const broken = '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n???\n-----END CERTIFICATE-----\n'
  expect(chain(pay + broken + root).map(c => common(c.subject))).toEqual(['pay.example.com', 'Example Root CA'])
  expect(chain('nothing')).toEqual([])
  expect(chain(null)).toEqual([])
})

test('a bundle is sorted into certificates and a key', () => {
  const key = '-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n'
  const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'
  expect(sorted('Bag Attributes\n' + pay + parameters + key + root)).toEqual({ certificates: pay + root, keys: key })
})

test('one that came without armour gets it', () => {
  expect(armour(blocks(pay)[0].der)).toBe(pay)
})

test('names cover hosts as in TLS: a star is one label', () => {
  const [c] = chain(pay)
  expect(['pay.example.com', 'PAY.example.com', 'eu.pay.example.com', '*.pay.example.com', '*'].map(h => covers(c, h))).toEqual([true, true, true, true, true])
  expect(['example.com', 'a.eu.pay.example.com', 'xpay.example.com', 'com'].map(h => covers(c, h))).toEqual([false, false, false, false])
})

test('the end is warned of early enough', () => {
  const [c] = chain(pay)
  const day = 86400
  expect([c.from - 1, c.from, c.until - 40 * day, c.until - 29 * day, c.until - 6 * day, c.until].map(t => state({ ...c, from: c.from - 60 * day }, t)))
    .toEqual(['soon', 'soon', 'good', 'soon', 'urgent', 'expired'])
  expect(state(c, c.from - 1)).toBe('early')
})
