package templates

// NodRow is a counsellor who meets the same person often.
type NodRow struct {
	Text string
	ID   string
	Own  bool // of whoever looks: another has to say it
	// Alone: there is no other; whoever looks says it after talking with somebody outside.
	Alone bool
}
