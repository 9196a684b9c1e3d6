package templates

// Turn is what a stranger is asked for before a start while there is load.
type Turn struct {
	Name string // sealed; empty: nothing is asked for
	Bits string // how much work it is, for the script
}

// Patience is the page between the promise and the queue while there is load. It
// is one that waits; with scripts the device works meanwhile.
type Patience struct {
	Page
	Turn
	Door    string
	Matter  string // what those under 18 answered; often empty
	Version string
	Start   string // where "go on" posts to
	Wait    int    // seconds until the time has come; 0: it has
	Later   bool   // it had come, and there was no room
	Write   string // address of the message box; empty: none
}
