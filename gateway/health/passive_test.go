package health

import (
	"testing"

	"moongate/gateway/entity"
)

func TestPassive(t *testing.T) {
	c := &entity.PassiveCheck{Type: "http"}
	if NewPassive(c) != nil {
		t.Error("checks that are off are something")
	}
	c.Unhealthy = entity.PassiveUnhealthy{HTTPStatuses: []int{500, 503}, HTTPFailures: 3}
	c.Healthy.HTTPStatuses = []int{200, 503}
	p := NewPassive(c)
	for code, want := range map[int]Event{200: Success, 500: HTTPFailure, 503: Success, 404: Nothing, 0: Nothing, -1: Nothing, 1000: Nothing} {
		if got := p.Status(code); got != want {
			t.Errorf("%d: %d", code, got)
		}
	}
	if c.Type = "tcp"; NewPassive(c).Status(500) != Success {
		t.Error("tcp looks at statuses")
	}
}
