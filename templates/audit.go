package templates

// Option is a choice of a select.
type Option struct {
	Value, Name string
	Chosen      bool
}

// AuditEntry is an entry of the audit log as a sentence.
type AuditEntry struct {
	Number  string
	Day     string // 2026-11-22, for machines
	Date    string // 22 November 2026
	Text    string
	Details []string // what the sentence does not say
}

// AuditState says what the last check of the log has found.
type AuditState struct {
	Text    string
	Fault   string // a sentence; empty when there is none
	Anew    []string
	Bad     bool
	Running bool
	Done    int
	Of      int
}

// AuditMany is somebody who opened many notes of others today.
type AuditMany struct {
	Name, Action, Opened string
	May                  bool // the reader can agree to more
}

// Audit is the page of the audit log.
type Audit struct {
	Staff
	State                  AuditState
	Check                  bool // the reader may check
	Persons, Kinds, Months []Option
	Filtered               bool
	Entries                []AuditEntry
	Older, Newest          string // addresses; empty where there is nothing
	Many                   []AuditMany
	Most                   int
	Problem                string
}

// Opening asks why somebody else's note is opened.
type Opening struct {
	Staff
	Action, Alias, Week string
	Reasons             []Option
	Problem             bool
}
