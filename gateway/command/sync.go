package command

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"moongate/gateway/declarative"
	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// validate tries a file on an empty gateway.
func validate(_ context.Context, o *options) (int, error) {
	f, err := o.file()
	if err != nil {
		return failed, err
	}
	m, err := o.model()
	if err != nil {
		return failed, err
	}
	r, err := declarative.Replace(entity.New(m), f.doc, time.Now())
	if e, ok := err.(*schema.Error); ok {
		err = f.faults(e)
	}
	if err != nil {
		return failed, err
	}
	fmt.Fprintf(o.Err, "%s is valid: %s\n", f.name, count(len(r.Changes), "document"))
	return fine, nil
}

// plan is what a file would change, and the state that it would change.
type plan struct {
	api     *api
	file    *file
	tags    string
	etag    string
	Changes []change `json:"changes"`
}

func (p *plan) path(dryRun bool) string {
	q := url.Values{}
	if p.tags != "" {
		q.Set("tags", p.tags)
	}
	if dryRun {
		q.Set("dry_run", "1")
	}
	return "/config?" + q.Encode()
}

func (p *plan) post(ctx context.Context, dryRun bool) (*answer, error) {
	header := map[string]string{"Content-Type": "application/yaml"}
	if p.etag != "" {
		header["If-Match"] = p.etag
	}
	if !dryRun {
		header["X-Reason"] = "sync of " + p.file.name
	}
	return p.api.ask(ctx, http.MethodPost, p.path(dryRun), p.file.text, header)
}

// plan asks the API what the file would change: it knows plugins that this program
// may not have.
func (o *options) plan(ctx context.Context) (*plan, error) {
	f, err := o.file()
	if err != nil {
		return nil, err
	}
	if o.store != "" {
		return o.planStore(ctx, f, false)
	}
	p := &plan{file: f, tags: f.tags(o.tags)}
	if p.api, err = o.api(); err != nil {
		return nil, err
	}
	r, err := p.post(ctx, true)
	if err != nil {
		return nil, err
	}
	if r.status != http.StatusOK {
		return nil, r.refusal(f)
	}
	if err := json.Unmarshal(r.body, p); err != nil {
		return nil, fmt.Errorf("the answer of %s can't be read: %w", p.api.root, err)
	}
	p.etag = r.etag
	return p, nil
}

func diff(ctx context.Context, o *options) (int, error) {
	p, err := o.plan(ctx)
	if err != nil {
		return failed, err
	}
	if err := o.show(p.Changes); err != nil {
		return failed, err
	}
	if len(p.Changes) > 0 {
		return different, nil
	}
	return fine, nil
}

// sync shows the changes and makes them in one write, which is refused if the
// configuration is not the one any more that they were shown for.
func sync(ctx context.Context, o *options) (int, error) {
	if o.store != "" && !o.dryRun {
		return o.syncStore(ctx)
	}
	p, err := o.plan(ctx)
	if err != nil {
		return failed, err
	}
	if err := o.show(p.Changes); err != nil {
		return failed, err
	}
	if o.dryRun || len(p.Changes) == 0 {
		return fine, nil
	}
	r, err := p.post(ctx, false)
	if err != nil {
		return failed, err
	}
	if r.status != http.StatusCreated {
		return failed, r.refusal(p.file)
	}
	fmt.Fprintln(o.Err, "applied")
	return fine, nil
}

func (o *options) syncStore(ctx context.Context) (int, error) {
	f, err := o.file()
	if err != nil {
		return failed, err
	}
	p, err := o.planStore(ctx, f, true)
	if err != nil {
		return failed, err
	}
	if err := o.show(p.Changes); err != nil {
		return failed, err
	}
	return fine, nil
}
