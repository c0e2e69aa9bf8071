// Drawn on 16 by 16, with a pen of 1.5. A name stands for its strokes.
const strokes = {
  overview: 'M2.5 13.5h11M4 11V8M8 11V3M12 11V6',
  topology: 'M2 6h4v4H2zM10 2h4v4h-4zM10 10h4v4h-4zM6 8h2M8 4v8M8 4h2M8 12h2',
  route: 'M3.5 5.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM12.5 14.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM5.5 3.5h4a2.5 2.5 0 0 1 0 5h-3a2.5 2.5 0 0 0 0 5h4',
  service: 'M2 2.5h12v4H2zM2 9.5h12v4H2zM4.5 4.5h.01M4.5 11.5h.01',
  upstream: 'M8 2v4M8 6 3 10M8 6l5 4M8 6v4M1.5 10.5h3v3h-3zM6.5 10.5h3v3h-3zM11.5 10.5h3v3h-3z',
  consumer: 'M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c.6-2.6 2.8-4 5.5-4s4.9 1.4 5.5 4',
  plugin: 'M6 3a1.5 1.5 0 0 1 3 0v1h3.5v3.5h-1a1.5 1.5 0 0 0 0 3h1V14H9v-1a1.5 1.5 0 0 0-3 0v1H2.5V4H6z',
  release: 'M4 13.5v-11M4 9c5 0 8-1 8-4.5M12 4.5 10 6.5M12 4.5l2 2',
  explain: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.3 6.2c.3-1 1-1.5 1.8-1.5 1 0 1.8.7 1.8 1.6C9.9 7.5 8 7.7 8 9M8 11.3h.01',
  requests: 'M2 4h12M2 8h8M2 12h5M12 9v5M12 14l-2-2M12 14l2-2',
  history: 'M2.5 8a5.5 5.5 0 1 0 1.7-4L2.5 5.5M2.5 2.5v3h3M8 5v3l2 1.5',
  certificate: 'M3.5 7h9v6.5h-9zM5.5 7V4.8a2.5 2.5 0 0 1 5 0V7M8 9.7v1.3',
  inspect: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM11 11l3 3M5 7h4M7 5v4',
  logs: 'M2.5 2.5h11v11h-11zM5 6h6M5 8.5h6M5 11h3',
  nodes: 'M8 1.5 13.5 4.7v6.6L8 14.5 2.5 11.3V4.7zM8 8v6M8 8l5.3-3M8 8 2.7 5',
  users: 'M6 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c.4-2.3 2.2-3.5 4.5-3.5s4.1 1.2 4.5 3.5M10.5 3.3a2.5 2.5 0 0 1 0 4.5M12 10.3c1.4.5 2.3 1.6 2.5 3.2',
  audit: 'M8 1.5 13 3.5v4c0 3.5-2 5.7-5 7-3-1.3-5-3.5-5-7v-4zM5.8 8l1.6 1.6L10.4 6.5',
  settings: 'M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6M10 6.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM6 13.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM11 11l3 3',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.5 6.5 12 13 4.5',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  right: 'M6 3.5 10.5 8 6 12.5',
  left: 'M10 3.5 5.5 8 10 12.5',
  open: 'M4 6l4 4 4-4',
  edit: 'M9.5 3.5l3 3L6 13H3v-3zM8 5l3 3',
  trash: 'M2.5 4.5h11M6 4.5V3h4v1.5M4 4.5l.6 9h6.8l.6-9M6.7 7v4M9.3 7v4',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  menu: 'M2 4h12M2 8h12M2 12h12',
  warn: 'M8 2 14.5 13.5h-13zM8 6.5v3M8 11.5h.01',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.5v3.5M8 5h.01',
  sun: 'M8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 1.5v1.5M8 13v1.5M1.5 8h1.5M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  leave: 'M9.5 2.5h-6v11h6M6.5 8h8M11.5 5l3 3-3 3',
  eye: 'M1.5 8C3 5 5.3 3.5 8 3.5S13 5 14.5 8C13 11 10.7 12.5 8 12.5S3 11 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  play: 'M4.5 2.5v11l9-5.5z',
  pause: 'M5 3v10M11 3v10',
  refresh: 'M13.5 8A5.5 5.5 0 1 1 11.8 4L13.5 5.5M13.5 2.5v3h-3',
  drain: 'M8 1.5c3 3.5 4.5 5.5 4.5 8a4.5 4.5 0 0 1-9 0c0-2.5 1.5-4.5 4.5-8z',
  globe: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM2 8h12M8 2c2 2 2.5 4 2.5 6S10 12 8 14M8 2C6 4 5.5 6 5.5 8S6 12 8 14',
  keyhole: 'M6 10.5a3.5 3.5 0 1 1 3.3-4.6L14 5.9v3h-2v1.5h-2.2M5.5 7h.01',
} as const

export type IconName = keyof typeof strokes

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={strokes[name]} />
    </svg>
  )
}

/** The gate with the moon in it. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="currentColor" />
      <path d="M8 25V16a8 8 0 0 1 16 0v9" fill="none" stroke="var(--panel)" strokeWidth="2.6" strokeLinecap="round" />
      <path d="M19.6 20.2a4.6 4.6 0 1 1-3.5-6.9 3.7 3.7 0 0 0 3.5 6.9z" fill="var(--panel)" />
    </svg>
  )
}
