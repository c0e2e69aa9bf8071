// Package application has the names of OCSF's events that Coraza needs to compile.
package application

import (
	"github.com/valllabh/ocsf-schema-golang/ocsf/v1_2_0/events/application/enums"
	"github.com/valllabh/ocsf-schema-golang/ocsf/v1_2_0/objects"
)

// WebResourcesActivity is an event.
type WebResourcesActivity struct {
	ActivityId, CategoryUid, ClassUid, ActionId, TypeUid, SeverityId enums.ID

	ActivityName, CategoryName, ClassName, Action, Message, Severity, TypeName string

	Time, StartTime int64
	TimezoneOffset  int32
	Metadata        *objects.Metadata
	HttpRequest     *objects.HttpRequest
	HttpResponse    *objects.HttpResponse
	Enrichments     []*objects.Enrichment
	WebResources    []*objects.WebResource
	Observables     []*objects.Observable

	SrcEndpoint, DstEndpoint *objects.NetworkEndpoint
}
