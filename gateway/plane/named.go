package plane

import (
	"strings"

	"moongate/engine/upstream"
	"moongate/gateway/entity"
)

// ServiceNamed finds a service by its name or id, or gives nil.
func (p *Plane) ServiceNamed(name string) *Service {
	if id := p.serviceNames.Get(name); id != nil {
		return p.Service(*id)
	}
	return p.Service(name)
}

// PeersNamed are those of the upstream of that name or id, nil without one.
func (p *Plane) PeersNamed(name string) *upstream.Group {
	if key := p.upstreamNames.Get(name); key != nil {
		name = *key
	}
	if u := p.upstreams.Get(strings.ToLower(name)); u != nil {
		return u.Group
	}
	return nil
}

// HasRelease tells whether a release decides for the plan's service.
func (p *Plan) HasRelease() bool {
	for _, r := range p.releases {
		switch r.State {
		case "running", "paused", "promoted":
			return true
		}
	}
	return false
}

// nameService keeps the index of names.
func (p *Plane) nameService(old *Service, e *entity.Service) {
	if old != nil && (e == nil || e.Name != old.Name) {
		setBy(&p.serviceNames, old.Name, nil)
	}
	if e != nil {
		setBy(&p.serviceNames, e.Name, &e.ID)
	}
}
