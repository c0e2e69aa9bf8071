// Package enums has the numbers of OCSF's objects that Coraza names.
package enums

// ID is any of them.
type ID int32

// OBSERVABLE_TYPE_ID_OBSERVABLE_TYPE_ID_OTHER is the only one.
const OBSERVABLE_TYPE_ID_OBSERVABLE_TYPE_ID_OTHER ID = 99
