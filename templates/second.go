package templates

// Field is a field of a form that is carried through another page.
type Field struct{ Name, Value string }

// StepUp asks for a fresh second factor.
type StepUp struct {
	Staff
	Go      string // where to go on
	Carries bool   // a form is carried along, in Carried
	Carried []Field
	Problem string // key after second.problem.; empty
}
