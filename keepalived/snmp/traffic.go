package snmp

import (
	"time"

	"moongate/edge/wire/agentx"
)

// traffic is what has gone through a server since it was made: connections, packets in
// and out, bytes in and out.
type traffic [5]uint64

// rate is the same in a second.
type rate [5]uint64

// counterIDs are where a table has its counters. Those of one kind follow each other.
type counterIDs struct {
	conns     uint32 // of 32 bits
	packetsIn uint32 // packets of 32 bits, bytes of 64
	rates     uint32 // of 32 bits
	wide      uint32 // connections and packets of 64 bits
	halves    uint32 // rates of 64 bits, the low half before the high one
}

func counterColumns[R any](id counterIDs, of func(*R) traffic, per func(*R) rate) []column[R] {
	var list []column[R]
	add := func(id uint32, value func(*R) agentx.Value) { list = append(list, column[R]{id: id, of: value}) }
	add(id.conns, func(r *R) agentx.Value { return agentx.Gauge(of(r)[0]) })
	for i := range 2 {
		add(id.packetsIn+uint32(i), func(r *R) agentx.Value { return agentx.Counter(of(r)[1+i]) })
		add(id.packetsIn+2+uint32(i), func(r *R) agentx.Value { return agentx.Big(of(r)[3+i]) })
	}
	for i := range 3 {
		add(id.wide+uint32(i), func(r *R) agentx.Value { return agentx.Big(of(r)[i]) })
	}
	for i := range 5 {
		add(id.rates+uint32(i), func(r *R) agentx.Value { return agentx.Gauge(per(r)[i]) })
		add(id.halves+2*uint32(i), func(r *R) agentx.Value { return agentx.Gauge(per(r)[i] & 0xffffffff) })
		add(id.halves+2*uint32(i)+1, func(r *R) agentx.Value { return agentx.Gauge(per(r)[i] >> 32) })
	}
	return list
}

// rates works out rates from two readings. Only what is read costs: who asks once an
// hour gets the mean of that hour.
type rates struct {
	last map[spot]reading
}

type spot struct{ server, real int }

type reading struct {
	at    time.Time
	total traffic
	rate  rate
}

// shortest is the time between two readings that a rate is made of.
const shortest = time.Second / 2

// of is the rate of a server, or of a real server of it; real -1: the server itself.
func (k *rates) of(now time.Time, server, real int, total traffic) rate {
	if k.last == nil {
		k.last = map[spot]reading{}
	}
	p := spot{server, real}
	old, ok := k.last[p]
	span := now.Sub(old.at)
	if ok && span < shortest {
		return old.rate
	}
	n := reading{at: now, total: total}
	for i := range total {
		if ok && total[i] >= old.total[i] { // else the server is another
			n.rate[i] = uint64(float64(total[i]-old.total[i]) / span.Seconds())
		}
	}
	k.last[p] = n
	return n.rate
}
