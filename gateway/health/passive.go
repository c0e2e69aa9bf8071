package health

import "moongate/gateway/entity"

// Passive is what an upstream's passive checks make of the requests that pass.
type Passive struct {
	Limits Limits
	status [1000]Event
}

// NewPassive gives nil for checks that cannot find anything.
func NewPassive(c *entity.PassiveCheck) *Passive {
	p := &Passive{Limits: NewLimits(c.Healthy.Successes, c.Unhealthy.HTTPFailures, c.Unhealthy.TCPFailures, c.Unhealthy.Timeouts)}
	if p.Limits == (Limits{}) {
		return nil
	}
	if c.Type == "tcp" { // an answer is an answer
		p.Limits[HTTPFailure] = 0
		for i := range p.status {
			p.status[i] = Success
		}
		return p
	}
	p.status = Statuses(c.Healthy.HTTPStatuses, c.Unhealthy.HTTPStatuses)
	return p
}

// Status is what an answer with a status means.
func (p *Passive) Status(code int) Event {
	if code < 0 || code >= len(p.status) {
		return Nothing
	}
	return p.status[code]
}

// Statuses is what each status means.
func Statuses(good, bad []int) (by [1000]Event) {
	mark := func(list []int, e Event) {
		for _, code := range list {
			if code >= 0 && code < len(by) {
				by[code] = e
			}
		}
	}
	mark(bad, HTTPFailure)
	mark(good, Success) // a status in both lists is a good one, as in Kong
	return by
}

// InUse tells whether an upstream is checked at all, by Kong's rule.
func InUse(h *entity.Healthchecks) bool {
	a, p := &h.Active, &h.Passive.Unhealthy
	return a.Healthy.Interval > 0 || a.Unhealthy.Interval > 0 || p.TCPFailures > 0 || p.Timeouts > 0 || p.HTTPFailures > 0
}
