import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openStream } from './stream'

class Source extends EventTarget {
  static CLOSED = 2
  static all: Source[] = []
  readyState = 1
  onopen?: () => void
  onerror?: () => void
  constructor(readonly url: string) {
    super()
    Source.all.push(this)
  }
  close() { this.readyState = 2 }
}

let hidden = false

beforeEach(() => {
  Source.all = []
  hidden = false
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', Source)
  vi.stubGlobal('fetch', async () => new Response('{}', { status: 503 }))
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden)
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const event = (data: unknown, lastEventId = '') => new MessageEvent('tick', { data: JSON.stringify(data), lastEventId })

test('a stream that was refused is opened again, later each time', () => {
  const end = openStream('/live', {})
  for (const wait of [1000, 2000, 4000]) {
    const s = Source.all.at(-1)!
    s.readyState = Source.CLOSED
    s.onerror!()
    const n = Source.all.length
    vi.advanceTimersByTime(wait - 1)
    expect(Source.all).toHaveLength(n)
    vi.advanceTimersByTime(1)
    expect(Source.all).toHaveLength(n + 1)
  }
  end()
  expect(Source.all.at(-1)!.readyState).toBe(Source.CLOSED)
})

test('nobody follows what nobody sees, and what was missed comes when it is seen again', () => {
  const got: unknown[] = []
  openStream('/events?a=1', { tick: d => got.push(d) })
  Source.all[0].dispatchEvent(event({ n: 1 }, '7'))
  hidden = true
  document.dispatchEvent(new Event('visibilitychange'))
  expect(Source.all[0].readyState).toBe(Source.CLOSED)
  hidden = false
  document.dispatchEvent(new Event('visibilitychange'))
  expect(Source.all[1].url).toBe('/events?a=1&last_event_id=7')
  expect(got).toEqual([{ n: 1 }])
})
