package explain

import (
	"cmp"
	"slices"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/gateway/plane"
	"moongate/gateway/plugin"
)

// chain tells the plugins that the request meets. The first that answers ends it.
func (w *walk) chain() {
	service, secure := w.serviceID(), w.a.Scheme == "https"
	for i := range w.plan.Steps {
		step := &w.plan.Steps[i]
		u := w.p.For(step, w.route.ID, service, w.who)
		if u == nil {
			w.out.Plugins = append(w.out.Plugins, Plugin{Name: w.nameOf(step), Scope: "consumer", For: "some consumers"})
			continue
		}
		x := Plugin{ID: u.ID, Name: u.Name, Scope: scope(u)}
		if u.Works(secure) {
			w.tell(u, &x)
		} else {
			x.Skips = "it is not for " + map[bool]string{true: "https", false: "http"}[secure]
		}
		w.out.Plugins = append(w.out.Plugins, x)
	}
}

// nameOf is a plugin's name; one that this program has not is behind all others.
func (w *walk) nameOf(step *plane.Step) string {
	if step.Order < len(w.e.plugins) {
		return w.e.plugins[step.Order].Name
	}
	return "a plugin that this program does not have"
}

func (w *walk) serviceID() string {
	if w.plan.Service == nil {
		return ""
	}
	return w.plan.Service.ID
}

// tell asks a plugin what it would do now.
func (w *walk) tell(u *plane.Instance, x *Plugin) {
	var told plugin.Told
	if t, ok := u.Use.(plugin.Tells); ok {
		told = t.Tell(w.question())
	}
	if u.Broken() {
		told = plugin.Told{Status: 500, State: "broken", Why: "this program can't make anything of it"}
	}
	x.State, x.Why, x.Key = told.State, told.Why, told.Key
	if told.Status != 0 && w.out.Ends == nil {
		w.out.Ends = &Ends{told.Status, "plugin " + u.Name + " answers: " + cmp.Or(told.Why, told.State), u.Name}
	}
	if c, ok := u.Use.(plugin.TellsTargets); ok {
		w.chooses, w.chooser = c, u.Name
	}
}

// question is the request in the plugins' words.
func (w *walk) question() *plugin.Question {
	a := w.a
	q := &plugin.Question{Method: a.Method, Scheme: a.Scheme, Host: a.Host, Path: a.raw, Query: a.query, URI: a.decoded(), Client: a.Client.Addr(),
		Route: w.route.ID, Service: w.serviceID(), Consumer: w.who, Class: w.a.Class, Variant: w.out.Variant}
	for name, list := range a.headers {
		for _, value := range list {
			q.Headers = append(q.Headers, http1.Header{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(q.Headers, func(a, b http1.Header) int { return cmp.Compare(a.Name, b.Name) })
	return q
}

func scope(u *plane.Instance) string {
	var of []string
	for _, s := range []struct{ id, name string }{{u.Route, "route"}, {u.Service, "service"}, {u.Consumer, "consumer"}} {
		if s.id != "" {
			of = append(of, s.name)
		}
	}
	if of == nil {
		return "everywhere"
	}
	return strings.Join(of, " and ")
}
