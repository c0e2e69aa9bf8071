package command

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"moongate/gateway/declarative"
)

func dump(ctx context.Context, o *options) (int, error) {
	if o.store != "" {
		text, err := o.dumpStore(ctx)
		if err != nil {
			return failed, err
		}
		return fine, o.write(text)
	}
	a, err := o.api()
	if err != nil {
		return failed, err
	}
	q := url.Values{}
	if o.tags != "" {
		q.Set("tags", o.tags)
	}
	if o.full {
		q.Set("full", "1")
	}
	r, err := a.ask(ctx, http.MethodGet, "/config?"+q.Encode(), nil, map[string]string{"Accept": "application/yaml"})
	if err != nil {
		return failed, err
	}
	if r.status != http.StatusOK {
		return failed, r.refusal(nil)
	}
	return fine, o.write(r.body)
}

// dumpStore reads a store by itself.
func (o *options) dumpStore(ctx context.Context) ([]byte, error) {
	st, s, _, err := o.open(ctx, false)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	return declarative.Format(s.Model(), declarative.Export(s, declarative.Options{Full: o.full, Tags: split(o.tags)}))
}

func split(tags string) []string {
	if tags == "" {
		return nil
	}
	return strings.Split(tags, ",")
}
