package templates

// Shifts is a person's own shifts, and the page behind a link to them.
type Shifts struct {
	Staff
	Only   bool   // on a device that sees nothing else
	Device string // its name
	Left   string // how long the login still lasts, in words
	Action string // of the page behind a link
}

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
