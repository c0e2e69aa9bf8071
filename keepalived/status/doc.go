// Package status is how things stand in keepalived's processes, and the texts
// that this is shown as: /tmp/keepalived.data, .stats and .json, whose formats
// exporters in the field read. The processes fill a Status; nothing here looks at
// the system.
package status
