package explain

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// Text is the answer for people.
func (a *Answer) Text() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	line := func(label string, cells ...string) { fmt.Fprintf(w, "%s\t%s\n", label, strings.Join(cells, "\t")) }
	line("request", a.Request)
	for _, t := range a.Tried {
		what := t.Route.String()
		if t.Path != "" {
			what += " " + t.Path
		}
		if t.Failed != nil {
			line("not", what+": "+t.Failed.Text)
		} else {
			line("route", what)
		}
	}
	if a.Skipped > 0 {
		line("not", fmt.Sprintf("%d more routes, whose host or path doesn't fit", a.Skipped))
	}
	for _, p := range a.Plugins {
		text := p.Name + " (" + p.Scope + ")"
		switch {
		case p.Skips != "":
			text += ": not run, " + p.Skips
		case p.For != "":
			text = p.Name + ": for " + p.For + " only"
		}
		line("plugin", text)
	}
	for _, r := range a.Releases {
		line("release", r.String())
	}
	if s := a.Service; s != nil {
		line("service", s.Name.String()+": "+s.URL+", Host: "+s.Host)
	}
	if u := a.Upstream; u != nil {
		text := u.Name.String() + ", " + u.Algorithm
		if u.Key != "" {
			text += " of " + u.Key
		}
		if u.Version != "" {
			text += ", version " + u.Version
		}
		line("upstream", text)
	}
	for _, t := range a.Targets {
		text := fmt.Sprintf("%s, weight %d", t.Target, t.Weight)
		if t.Version != "" {
			text += ", version " + t.Version
		}
		line("target", text+": "+percent(t.Probability))
	}
	if a.Ends != nil {
		line("answer", fmt.Sprintf("%d, %s", a.Ends.Status, a.Ends.Why))
	}
	w.Flush()
	return b.String()
}

func percent(p float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.1f", p*100), "0"), ".") + " %"
}

func (r *Release) String() string {
	return r.Name.String() + " (" + r.State + ", " + r.Share + "): " + r.Why
}
