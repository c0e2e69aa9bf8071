package cycle

import "reflect"

var (
	coreType   = reflect.TypeFor[Core]()
	eventsType = reflect.TypeFor[Events]()
)
