// Package otlp has the plugin opentelemetry send to OpenTelemetry's own collector: its
// receiver for OTLP, over gRPC and over HTTP, and what its parts make of what has come.
//
// It is a module of its own, since the collector's packages bring eighty modules that the
// program has no use for, and versions of gRPC and protobuf that it would have to follow. So
// it imports nothing of ours: it starts the program, as a user does.
package otlp
