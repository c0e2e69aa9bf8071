package oauth

import (
	"encoding/json"
	"fmt"
	"net/url"

	"moongate/edge/wire/http1"
	"moongate/gateway/client"
)

// Denied is what a server answers that says no (RFC 6749, 5.2).
type Denied struct {
	Status int
	Code   string `json:"error"`
	Text   string `json:"error_description"`
}

func (d *Denied) Error() string {
	s := fmt.Sprintf("the server answers %d", d.Status)
	if d.Code != "" {
		s += " " + d.Code
	}
	if d.Text != "" {
		s += " (" + d.Text + ")"
	}
	return s
}

// Post sends a form and reads the object of JSON that comes back. An answer of 4xx is a
// Denied.
func Post(c *client.Client, to string, form url.Values, header []http1.Header) (map[string]any, error) {
	header = append([]http1.Header{{Name: "Content-Type", Value: "application/x-www-form-urlencoded"}, {Name: "Accept", Value: "application/json"}}, header...)
	a, err := c.Do(&client.Request{Method: "POST", URL: to, Header: header, Body: []byte(form.Encode())})
	if err != nil {
		return nil, err
	}
	if a.Status != 200 && a.Status != 201 {
		d := &Denied{Status: a.Status}
		if json.Unmarshal(a.Body, d) != nil {
			d.Code, d.Text = "", ""
		}
		if a.Status/100 == 4 {
			return nil, d
		}
		return nil, fmt.Errorf("%s: %s", to, d)
	}
	var out map[string]any
	if err := json.Unmarshal(a.Body, &out); err != nil || out == nil {
		return nil, fmt.Errorf("%s: the answer is no object of JSON", to)
	}
	return out, nil
}
