package config

import (
	"math"
	"time"
)

// defaultGateway is what an empty track_gateway block follows.
func defaultGateway() *Gateway {
	return &Gateway{Workers: 1, Interval: 100 * time.Millisecond, Timeout: 300 * time.Millisecond, Rise: 1, Fall: 1}
}

var gatewayRows = []keyword{
	{name: "workers", in: inGateway, ours: true, need: 1, args: "N", def: "1", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, math.MaxUint16, hard); ok {
			r.gateway.Workers = int(n)
		}
	}), doc: "How many workers must answer."},
	{name: "upstreams", in: inGateway, ours: true, need: 1, args: "0..100", def: "0", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, 100, hard); ok {
			r.gateway.Upstreams = int(n)
		}
	}), doc: "How many percent of the upstream peers must be healthy; 0: they are not looked at."},
	{name: "interval", in: inGateway, ours: true, need: 1, args: "SECONDS", def: "0.1", set: gatewayTime(time.Millisecond, func(g *Gateway) *time.Duration { return &g.Interval }), doc: "Time between looks."},
	{name: "timeout", in: inGateway, ours: true, need: 1, args: "SECONDS", def: "0.3", set: gatewayTime(time.Millisecond, func(g *Gateway) *time.Duration { return &g.Timeout }), doc: "How long a worker may take to answer."},
	{name: "drain", in: inGateway, ours: true, need: 1, args: "SECONDS", def: "0", set: gatewayTime(0, func(g *Gateway) *time.Duration { return &g.Drain }), doc: "How long connections are drained before an address moves on purpose."},
	{name: "rise", in: inGateway, ours: true, need: 1, args: "N", def: "1", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 1, math.MaxInt32, hard); ok {
			r.gateway.Rise = int(n)
		}
	}), doc: "Good looks until it is good."},
	{name: "fall", in: inGateway, ours: true, need: 1, args: "N", def: "1", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 1, math.MaxInt32, hard); ok {
			r.gateway.Fall = int(n)
		}
	}), doc: "Bad looks until it is bad."},
	{name: "weight", in: inGateway, ours: true, need: 1, args: "-253..253 [reverse]", def: "0", set: do(func(r *reader, w []string) {
		if n, ok := r.int(w[1], -253, 253, hard); ok {
			r.gateway.Weight, r.gateway.Reverse = n, word(w, 2) == "reverse"
		}
	}), doc: "What it does to the priority; with 0 a bad gateway is FAULT."},
}

func gatewayTime(lo time.Duration, field func(*Gateway) *time.Duration) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		if d, ok := r.seconds(w[1], lo, time.Hour, soft); ok {
			*field(r.gateway) = d
		}
	})
}

func beginGateway(r *reader, w []string) {
	r.gateway = defaultGateway()
	r.gateway.Name, r.gateway.Pos = w[1], r.pos
}

func endGateway(r *reader) {
	if named[Gateway](r.found, "gateway", r.gateway.Name) != nil {
		r.err("track_gateway %s already defined - ignoring", r.gateway.Name)
		return
	}
	r.found.first("gateway", r.gateway.Name, r.gateway)
	r.config.Gateways = append(r.config.Gateways, r.gateway)
}
