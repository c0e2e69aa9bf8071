package track

// Counter makes one state of a script's results. It moves between 0 and
// rise+fall-1: a success counts up, and at rise the script is good and the counter
// jumps to the top; a failure counts down, and below rise the script is bad and
// the counter drops to 0. The first result decides at once.
type Counter struct {
	rise, fall int
	result     int
	ran, up    bool
}

// NewCounter makes a counter. Numbers below 1 count as 1.
func NewCounter(rise, fall int) *Counter { return &Counter{rise: max(rise, 1), fall: max(fall, 1)} }

// Add counts a result and tells whether the state is another one than before,
// which the first always is.
func (c *Counter) Add(ok bool) (changed bool) {
	top := c.rise + c.fall - 1
	was := c.up
	switch {
	case !c.ran && ok, c.ran && ok && !c.up && c.result+1 >= c.rise:
		c.up, c.result = true, top
	case ok:
		c.result = min(c.result+1, top)
	case c.ran && c.up && c.result > c.rise:
		c.result--
	default:
		c.up, c.result = false, 0
	}
	changed = !c.ran || c.up != was
	c.ran = true
	return changed
}

// Assume sets a state that no result has given: init_fail, or what was known
// before a restart.
func (c *Counter) Assume(up bool) {
	c.ran, c.up, c.result = true, up, 0
	if up {
		c.result = c.rise + c.fall - 1
	}
}

// Up tells whether the script is good.
func (c *Counter) Up() bool { return c.up }

// Ran tells whether there is a state at all.
func (c *Counter) Ran() bool { return c.ran }

// Result is where the counter stands.
func (c *Counter) Result() int { return c.result }
