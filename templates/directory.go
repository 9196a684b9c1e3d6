package templates

// KeptProvider is a provider in the list of those who look after them.
type KeptProvider struct {
	ID, Name, Organization string
	Reach                  []string // numbers and addresses
	Sources                string
	State                  string // key after directory.state.: check, checked, old, hidden
	Last                   string // who checked it when, in words
	Hidden                 bool
	Others                 int // providers that are hidden together with it
	Hide, Checked          string
}

// Directory is the list of providers.
type Directory struct {
	Staff
	Providers []KeptProvider
	Open      int // to be checked before use
}
