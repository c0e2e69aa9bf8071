// Package grpcweb is the plugin grpc-web: browsers, which can't speak gRPC, call its services.
//
//	browser --- application/grpc-web, or base64 of it ---> gateway --- application/grpc, HTTP/2 ---> service
//	        <-- messages, then a frame with the trailers --         <-- messages, trailers --
//
// Messages are framed in the same way on both sides and pass as they come; only requests in
// base64 are read as a whole. The service has the protocol grpc or grpcs, the route http or
// https.
package grpcweb
