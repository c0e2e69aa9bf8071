package admin

import (
	"strconv"
	"strings"
)

// Recent is a request that has ended a moment ago. What may be secret in it is ***.
type Recent struct {
	Time       float64           `json:"time"` // seconds since 1970
	ID         string            `json:"id"`   // $request_id
	Method     string            `json:"method"`
	Host       string            `json:"host"`
	Path       string            `json:"path"` // with its arguments
	Status     int               `json:"status"`
	Latency    float64           `json:"latency_ms"`
	Upstream   float64           `json:"upstream_ms"`
	Client     string            `json:"client"`
	Route      string            `json:"route"` // the name, or the id of one without a name
	RouteID    string            `json:"route_id"`
	Service    string            `json:"service"`
	ServiceID  string            `json:"service_id"`
	Consumer   string            `json:"consumer"`
	ConsumerID string            `json:"consumer_id"`
	Target     string            `json:"target"` // the address that was asked last
	Release    string            `json:"release"`
	Variant    string            `json:"variant"`
	Who        string            `json:"who"` // has caused the error, "" without one
	Headers    map[string]string `json:"headers"`
	Bytes      int64             `json:"bytes"`
}

// Requests is where they come from. Workers note them only for a while after somebody has
// asked, and not all of them when there are many.
type Requests interface {
	// Recent calls wanted for each, the newest first, until it says that there are enough.
	Recent(wanted func(q *Recent) bool)
}

const maxRecent = 1000

// recent is GET /requests.
func (c *call) recent() *reply {
	if c.Requests == nil {
		return notFound()
	}
	limit := 100
	if text, given := c.query["limit"]; given {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxRecent {
			return message(400, "limit must be a number from 1 to "+strconv.Itoa(maxRecent))
		}
		limit = n
	}
	leave, free := enter(c.scrapes)
	if !free {
		return busy()
	}
	defer leave()
	list := []*Recent{}
	c.Requests.Recent(func(q *Recent) bool {
		if c.query.fits(q) {
			list = append(list, q)
		}
		return len(list) < limit
	})
	return ok(map[string]any{"data": list})
}

// fits tells whether a request is one of those that are asked for.
func (q query) fits(r *Recent) bool {
	for name, values := range map[string][2]string{"route": {r.Route, r.RouteID}, "service": {r.Service, r.ServiceID}, "consumer": {r.Consumer, r.ConsumerID}} {
		if want := q[name]; want != "" && want != values[0] && want != values[1] {
			return false
		}
	}
	status := strconv.Itoa(r.Status)
	if want := q["status"]; want != "" && want != status && !(len(want) == 3 && strings.EqualFold(want[1:], "xx") && want[:1] == status[:1]) {
		return false
	}
	return strings.Contains(r.Path, q["path"])
}
