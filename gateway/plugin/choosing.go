package plugin

// Choosing has a say in which target a request goes to: what Access has put into
// Context.Choosing.
type Choosing interface {
	// Chooses tells whether there is anything to say at all.
	Chooses(x *Context) bool
	// Leave leaves a target's address out of the choice.
	Leave(x *Context, target, address string) bool
	// Nobody answers where all were left out.
	Nobody(x *Context) Result
}
