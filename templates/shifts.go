package templates

// Passes are a person's devices that see own shifts only.
type Passes struct {
	Staff
	Devices []Pass
	Link    string // a link that has just been made; empty
	For     string // the device Link is for
	Squares Image  // Link, for a camera
	Minutes int    // how long Link works
	Days    int    // how long a login lasts
	Problem string // key after shifts.problem.; empty
	Typed   string // the name of a device
}

// Pass is one device.
type Pass struct{ Device, Left, End string }

// EnterShifts is the page behind a link to own shifts.
type EnterShifts struct {
	Staff
	Device string
	Action string
}
