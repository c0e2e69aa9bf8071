package explain

import (
	"errors"
	"fmt"

	"moongate/gateway/entity"
	"moongate/gateway/plane"
	"moongate/gateway/release"
)

// ErrNoRelease says that there is no release of that name.
var ErrNoRelease = errors.New("no such release")

// Release says which version a release would give a request, whatever its route.
func (e *Explainer) Release(s *entity.State, revision uint64, name string, q *Request) (*Release, error) {
	d := s.Find("releases", name)
	if d == nil {
		return nil, ErrNoRelease
	}
	a, err := q.read()
	if err != nil {
		return nil, err
	}
	doc, err := entity.Decode[entity.Release](d)
	if err != nil {
		return nil, err
	}
	p := e.known(s, revision).p
	r := p.Release(doc)
	if r == nil {
		return nil, fmt.Errorf("release %s is of no use to this program", name)
	}
	who, err := consumer(p, q)
	if err != nil {
		return nil, err
	}
	req := a.release(who)
	decision := r.Ask(req)
	out := told(r, true)
	if r.State == "promoted" {
		decision.Variant = release.Candidate
	}
	out.Variant, out.Why = decision.Variant.String(), r.Explain(req, decision)
	if r.State == "aborted" || r.State == "rolled_back" {
		out.Decides = false
		out.Why += "; but the release is " + r.State
	}
	return out, nil
}

// release is the request as releases look at it.
func (a *asked) release(who *entity.Consumer) *release.Request {
	q := &release.Request{Client: a.Client.Addr(), Values: a}
	if who != nil {
		if q.User = who.CustomID; q.User == "" {
			q.User = who.Username
		}
	}
	if a.claims != nil {
		q.Claims = a.claims
	}
	return q
}

func told(r *plane.Release, decides bool) *Release {
	return &Release{Name: Name{r.ID, r.Release.Name}, State: r.State, Share: r.Share().String(), Decides: decides}
}

// decide tells what the releases of the service say, and whose targets the request goes to
// by that.
func (w *walk) decide() {
	w.goal, w.up = w.plan, w.plan.Upstream
	req := w.a.release(w.who)
	chosen, decision := w.plan.Decide(req)
	unable := ""
	if chosen != nil {
		w.out.Variant = decision.Variant.String()
		v := chosen.Goal(decision.Variant)
		other, peers, err := w.p.Of(&v, w.plan)
		switch {
		case err != nil:
			w.out.Variant, unable = "", "; but "+err.Error()+": the request goes where it would without"
		case other != nil:
			w.goal = w.p.With(w.plan, other)
			w.up = w.goal.Upstream
		case peers != nil:
			w.version = v.Version
			if v.Upstream != nil {
				w.up = w.p.Upstream(v.Upstream.ID)
			}
		}
	}
	for _, r := range w.plan.Releases() {
		t := told(r, r == chosen)
		switch {
		case r == chosen:
			t.Variant, t.Why = decision.Variant.String(), r.Explain(req, decision)+unable
		case r.State == "aborted" || r.State == "rolled_back":
			if t.Why = "it is " + r.State; r.Reason != "" {
				t.Why += ": " + r.Reason
			}
		default:
			t.Why = "an older release decides"
		}
		w.out.Releases = append(w.out.Releases, *t)
	}
}
