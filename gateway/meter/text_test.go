package meter

import "testing"

func TestFormat(t *testing.T) {
	for accept, want := range map[string]string{
		"":                             TextType,
		"*/*":                          TextType,
		"application/openmetrics-text": OpenMetricsType,
		"text/plain;version=0.0.4":     TextType,
		"text/html, application/json":  TextType,
		"application/openmetrics-text;version=2.0.0, text/plain;q=0.1": TextType,
		// What Prometheus 3 sends.
		"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2": OpenMetricsType,
		"text/plain;version=0.0.4;q=1,application/openmetrics-text;version=1.0.0;q=0.9": TextType,
		"application/openmetrics-text;q=0,text/plain;q=0.1":                             TextType,
	} {
		if got := Format(accept); got != want {
			t.Errorf("%q: %q", accept, got)
		}
	}
}
