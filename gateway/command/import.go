package command

import (
	"context"
	"fmt"
	"time"

	"moongate/gateway/declarative"
	"moongate/gateway/entity"
	"moongate/gateway/foreign"
	"moongate/gateway/schema"
)

// importFile writes a declarative file of another gateway's, and what it could not say
// on standard error.
func importFile(_ context.Context, o *options) (int, error) {
	from, name := o.operands[0], o.operands[1]
	text, err := o.read(name)
	if err != nil {
		return failed, err
	}
	m, err := o.model()
	if err != nil {
		return failed, err
	}
	var doc map[string]any
	var report *foreign.Report
	switch from {
	case "kong":
		doc, report, err = foreign.Kong(m, text)
	case "apisix":
		doc, report, err = foreign.Apisix(text)
	case "orange":
		doc, report, err = foreign.Orange(text)
	case "nginx":
		doc, report, err = foreign.Nginx(name, text)
	default:
		return failed, fmt.Errorf("%q is not known; there are kong, apisix, orange and nginx", from)
	}
	if err != nil {
		return failed, fmt.Errorf("%s: %w", name, err)
	}
	for _, n := range report.Notes {
		fmt.Fprintf(o.Err, "%s: %s\n", n.Place, n.Text)
	}
	out, err := declarative.Format(m, doc)
	if err != nil {
		return failed, err
	}
	if err := o.write(out); err != nil {
		return failed, err
	}
	// What can't be as it is goes out all the same, for a person to edit.
	f := &file{name: "the result", text: out}
	if f.doc, err = declarative.Parse(out); err != nil {
		return failed, err
	}
	_, err = declarative.Replace(entity.New(m), f.doc, time.Now())
	if e, ok := err.(*schema.Error); ok {
		err = f.faults(e)
	}
	if err != nil {
		return failed, err
	}
	fmt.Fprintf(o.Err, "%s did not come over as it was\n", count(len(report.Notes), "thing"))
	return fine, nil
}
