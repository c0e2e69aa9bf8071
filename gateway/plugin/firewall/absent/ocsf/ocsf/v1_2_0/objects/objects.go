// Package objects has the names of OCSF's objects that Coraza needs to compile.
package objects

import "github.com/valllabh/ocsf-schema-golang/ocsf/v1_2_0/objects/enums"

// The objects of an event.
type (
	HttpHeader struct{ Name, Value string }

	WebResource struct{ UrlString string }

	Enrichment struct{ Data, Name, Value string }

	Observable struct {
		Name, Type, Value string
		TypeId            enums.ID
	}

	Metadata struct {
		CorrelationUid, EventCode, LogLevel, LogName, LogProvider, LogVersion, Version string

		LoggedTime int64
		Product    *Product
	}

	Product struct{ VendorName string }

	Url struct{ UrlString string }

	HttpRequest struct {
		Version, Args, HttpMethod, Uid, UserAgent, Referrer string

		Url           *Url
		HttpHeaders   []*HttpHeader
		XForwardedFor []string
		Length        int32
	}

	HttpResponse struct {
		Code        int32
		HttpHeaders []*HttpHeader
	}

	NetworkEndpoint struct {
		Ip   string
		Port int32
	}
)
