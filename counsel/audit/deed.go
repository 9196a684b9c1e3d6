package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"helpline"
)

// Operator stands as the actor where somebody at the command line of the host
// did it: the program cannot know who. The zero ID is the line itself.
var Operator = helpline.ID{15: 1}

// Kind is a kind of object.
type Kind string

// The kinds of objects.
const (
	PersonKind   Kind = "person"
	NoteKind     Kind = "note"
	ProviderKind Kind = "provider"
	RecordKind   Kind = "record" // any other record that has a shred key
)

// Object is what something was done to; the zero Object is nothing in
// particular.
type Object struct {
	Kind Kind
	ID   helpline.ID
}

// Person names a member of staff.
func Person(id helpline.ID) Object { return Object{PersonKind, id} }

// Provider names an entry of the directory.
func Provider(id helpline.ID) Object { return Object{ProviderKind, id} }

// Note names a note so that nobody can tell which it was once its shred key is
// forgotten.
func Note(id helpline.ID, shred [32]byte) Object { return keyed(NoteKind, id, shred) }

// Record names another record that has a shred key, in the same way.
func Record(id helpline.ID, shred [32]byte) Object { return keyed(RecordKind, id, shred) }

func keyed(k Kind, id helpline.ID, shred [32]byte) Object {
	mac := hmac.New(sha256.New, shred[:])
	mac.Write(pack("audit/object/v1", []byte(k), id[:]))
	return Object{k, helpline.ID(mac.Sum(nil)[:16])}
}

// Detail is a coded parameter of a deed: a name and a value that code.go allows.
type Detail struct{ Name, Value string }

// Word is a detail out of the list that code.go has for it.
func Word(name, value string) Detail { return Detail{name, value} }

// Number is a detail that counts something.
func Number(name string, n int) Detail { return Detail{name, strconv.Itoa(n)} }

// Whom is a detail that names a person.
func Whom(name string, id helpline.ID) Detail { return Detail{name, id.String()} }

// Names is a detail that lists names of the program's own, such as roles or
// settings; their order does not count. Without any it says none.
func Names[T ~string](name string, of ...T) Detail {
	var all []string
	for _, o := range of {
		all = append(all, string(o))
	}
	if len(all) == 0 {
		all = []string{"none"}
	}
	slices.Sort(all)
	return Detail{name, strings.Join(slices.Compact(all), ",")}
}

// Bytes32 is a detail that is a hash or a public key.
func Bytes32(name string, b [32]byte) Detail { return Detail{name, hex.EncodeToString(b[:])} }

// Deed is what is to be recorded.
type Deed struct {
	By      helpline.ID // the person; zero for the line itself, or Operator
	Code    Code
	Object  Object
	Details []Detail
}

// Failed is the deed as it is recorded once more when it was not done after
// all: an entry stands before its deed and cannot be taken back.
func (d Deed) Failed() Deed {
	d.Details = append(slices.Clone(d.Details), Word("result", "failed"))
	return d
}

// Check says whether the deed is of a form that code.go knows; Internal.
func (d Deed) Check() error {
	f, known := formOf(d.Code)
	if !known {
		return helpline.Errorf(helpline.Internal, "record a deed: there is no code %q", d.Code)
	}
	if d.Object.Kind != f.object || (d.Object.Kind == "") != d.Object.ID.IsZero() {
		return helpline.Errorf(helpline.Internal, "record %s: the object is of another kind", d.Code)
	}
	seen := map[string]bool{}
	for _, p := range d.Details {
		want, known := f.field(p.Name)
		if !known || seen[p.Name] || !want.takes(p.Value) {
			return helpline.Errorf(helpline.Internal, "record %s: the detail %q is not of the form that the table of codes allows", d.Code, p.Name)
		}
		seen[p.Name] = true
	}
	for _, w := range f.fields {
		if !w.optional && !seen[w.name] {
			return helpline.Errorf(helpline.Internal, "record %s: the detail %q is missing", d.Code, w.name)
		}
	}
	return nil
}

// Joined writes details in the order of their names, as a row has them.
func Joined(of []Detail) string {
	var all []string
	for _, p := range of {
		all = append(all, p.Name+"="+p.Value)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// readDetails reads what details wrote; what is of another form gives nothing.
func readDetails(s string) []Detail {
	var out []Detail
	for part := range strings.FieldsSeq(s) {
		if name, value, ok := strings.Cut(part, "="); ok {
			out = append(out, Detail{name, value})
		}
	}
	return out
}
