package templates

// deskKey is one line of the keyboard list; Word is the key after desk.key.
type deskKey struct{ Key, Word string }

// Keys that stand on buttons as well.
const (
	noteKey      = "Alt + N"
	elsewhereKey = "Alt + T"
	saveKey      = "Ctrl + Enter"
)

// deskKeys is the keyboard list of the desk. static/js/keys.js acts on the same
// letters, and a test compares the two.
var deskKeys = []deskKey{
	{"Alt + P", "duty"},
	{"Alt + Q", "next"},
	{"Alt + A", "accept"},
	{"Alt + J", "down"},
	{"Alt + K", "up"},
	{"Alt + M", "box"},
	{"Alt + R", "find"},
	{"Alt + G", "give"},
	{"Alt + S", "steps"},
	{"Alt + C", "keep"},
	{noteKey, "note"},
	{elsewhereKey, "elsewhere"},
	{"Alt + X", "end"},
	{"Alt + W", "wipe"},
	{"1 … 9, a … z", "code"},
	{saveKey, "save"},
	{"Enter", "send"},
	{"Shift + Enter", "line"},
	{"Alt + L", "lock"},
	{"?", "help"},
}

// keyFor is the combination that does something.
func keyFor(word string) string {
	for _, k := range deskKeys {
		if k.Word == word {
			return k.Key
		}
	}
	return ""
}
