package gate

// Lightly makes the work of turns very little: tests do much of it.
func (t *Turns) Lightly() *Turns {
	t.worth = func(name string, zeros int, work string) bool { return zeros >= bitsFor(0) && Worth(name, light, work) }
	return t
}

const light = 4

// LightWork does the work of such a turn.
func LightWork(name string) string { return Work(name, light) }
