// Package dashboard drives the dashboard in a browser: dashboard_test.go starts a gateway, and
// run.mjs has headless Chromium do what people do. A flow is a file in flows/, and stands in
// run.mjs's list; each of its steps becomes a subtest.
package dashboard
