// Package icmp opens sockets that pings are sent through: ping sockets of the
// kernel, which need no right but that the group is in net.ipv4.ping_group_range, or
// raw ones, where those are not allowed. A Conn sends one echo request and waits for its
// answer; what messages look like is in edge/wire/icmp.
//
// keepalived/check calls it. It owns the sockets it opens.
package icmp
