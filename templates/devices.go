package templates

// Device is a login of the person, or a second factor's row without one.
type Device struct {
	ID, Name, Day string
	Here          bool // the login that asks
}

// Factor is a second factor of the person. Kind is the key after devices.kind.
type Factor struct {
	ID, Name, Kind, Day string
	Unlocks             bool
	Copied              bool
}

// Devices lists what opens the person's own pages.
type Devices struct {
	Staff
	Devices []Device
	Factors []Factor
	Locked  bool   // the second factors can only be said after the passphrase
	Only    bool   // there is one, which cannot go
	Key     bool   // passkeys are offered
	Demo    bool   // a person of the demonstration, who needs none
	Name    string // of this device
	Done    string // key after devices.done.; empty
	Problem string // key after devices.problem.; empty
}

// FactorsOf is what a supervisor sees of a colleague's second factors.
type FactorsOf struct {
	Staff
	Name   string
	Action string
	Ways   Ways
	None   bool // there are none now
	Done   bool // they have just been reset
}
