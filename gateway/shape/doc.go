// Package shape gives JSON another shape while it passes: members are picked, dropped,
// renamed, moved up, masked and filled in, arrays are cut short. It is pure, and knows
// nothing of requests: plugins feed it what services answer.
//
//	Rules --New--> Plan, for any number of documents
//	Plan  --Begin--> Shaper, for one: Write, Write, ... End
//
// A Shaper never has the document in memory. What no rule is about goes through as the
// bytes that it is, so numbers, escapes, order and repeated names stay; of the rest it
// keeps a name, a text that is masked, and what it is inside of. Whatever it is given is
// checked as encoding/json checks it: bytes that are no JSON end in an error, and what has
// been written until then is the beginning of a document that nobody takes for a whole one.
//
// A path is names with dots between them ("user.address.city"); "*" is any name, and "\."
// and "\*" are these characters. Arrays are walked through: of {"items":[{"id":1}]} the path
// "items.id" is each id. Names are those of the document that comes in.
package shape
