package explain

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"
)

// Line is one thing that is told.
type Line struct{ Step, Text string }

// printable shows what would move a terminal's cursor or change its colours as it is
// written in Go: requests and reasons are anybody's words.
func printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// Text is the answer for people.
func (a *Answer) Text() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, l := range a.Lines() {
		fmt.Fprintf(w, "%s\t%s\n", l.Step, l.Text)
	}
	w.Flush()
	return b.String()
}

// Lines is the answer, line by line; the first is the request.
func (a *Answer) Lines() []Line {
	lines := []Line{{"request", printable(a.Request)}}
	line := func(step, text string) { lines = append(lines, Line{step, printable(text)}) }
	if a.Class != nil {
		line("class", a.Class.String()+": "+a.Class.Why)
	}
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
	for i := range a.Plugins {
		line("plugin", a.Plugins[i].String())
	}
	for _, r := range a.Releases {
		line("release", r.String())
	}
	if s := a.Service; s != nil {
		line("service", s.Name.String()+": "+s.URL+", Host: "+cmp.Or(s.Host, "the target's"))
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
	for i := range a.Targets {
		for _, text := range a.Targets[i].texts() {
			line("target", text)
		}
	}
	if a.Ends != nil {
		line("answer", fmt.Sprintf("%d, %s", a.Ends.Status, a.Ends.Why))
	}
	return lines
}

func (p *Plugin) String() string {
	if p.For != "" {
		return p.Name + ": for " + p.For + " only"
	}
	text := p.Name + " (" + p.Scope + ")"
	switch {
	case p.Skips != "":
		return text + ": not run, " + p.Skips
	case p.Why != "":
		return text + ": " + p.State + ", " + p.Why
	case p.State != "":
		return text + ": " + p.State
	}
	return text
}

// texts is a target, and behind it those of its addresses that are left out.
func (t *Target) texts() []string {
	text := fmt.Sprintf("%s, weight %d", t.Target, t.Weight)
	if t.Version != "" {
		text += ", version " + t.Version
	}
	if t.LeftOut != "" {
		text += ": not asked, " + t.LeftOut
	} else {
		if t.Host != "" {
			text += ", Host " + t.Host
		}
		text += ": " + percent(t.Probability)
	}
	list := []string{text}
	for _, a := range t.Addresses {
		if a.LeftOut != "" && a.LeftOut != t.LeftOut {
			list = append(list, t.Target+" at "+a.Address+": not asked, "+a.LeftOut)
		}
	}
	return list
}

func percent(p float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.1f", p*100), "0"), ".") + " %"
}

func (r *Release) String() string {
	return r.Name.String() + " (" + r.State + ", " + r.Share + "): " + r.Why
}
