// What a plugin is for. One that is not here, such as one of the user's own, is among the others.

export const groupNames = ['auth', 'security', 'limits', 'change', 'traffic', 'watch', 'other'] as const
export type Group = (typeof groupNames)[number]

const groups: Record<Exclude<Group, 'other'>, string> = {
  auth: 'key-auth basic-auth jwt hmac-auth oauth2-introspection openid-connect mtls-auth session forward-auth',
  security: 'acl ip-restriction cors firewall',
  limits: 'rate-limiting concurrency-limiting request-size-limiting circuit-breaker retry',
  change: 'request-transformer response-transformer body-transformer rewrite correlation-id grpc-web',
  traffic: 'proxy-cache mirror redirect mock request-termination fault-injection aggregation field-shaping',
  watch: 'prometheus http-log file-log udp-log tcp-log kafka-log syslog opentelemetry',
}

const of = new Map(Object.entries(groups).flatMap(([g, names]) => names.split(' ').map(n => [n, g as Group])))

export const groupOf = (name: string): Group => of.get(name) ?? 'other'
