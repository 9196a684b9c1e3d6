package templates

import (
	"strconv"
	"strings"
)

// Field is a field of a form that is carried through another page.
type Field struct{ Name, Value string }

// Ways are the second factors a person can show.
type Ways struct{ Code, Key bool }

// StepUp asks for a fresh second factor.
type StepUp struct {
	Staff
	Go      string // where to go on
	Carries bool   // a form is carried along, in Carried
	Carried []Field
	Ways    Ways
	Locked  bool   // the passphrase is asked for too
	Problem string // key after second.problem.; empty
	Clock   string // what the clock of the machine says
}

// Second asks for the second factor of a login.
type Second struct {
	Staff
	Problem string // key after second.problem.; empty
	Clock   string
	Ways    Ways
}

// SecondNew sets a second factor up.
type SecondNew struct {
	Staff
	Key     bool   // a passkey is offered
	First   bool   // there is none yet, and nothing else opens before
	Offer   string // the secret, sealed; comes back with the form
	Secret  string // in groups, for typing
	Squares Image  // the secret, for a camera
	Name    string // as typed
	Problem string // key after second.problem.; empty
	Clock   string
}

// Image is a picture of squares as one path of SVG; Side counts the squares
// with the white border.
type Image struct{ Path, Side string }

const quiet = 4 // squares of white around a code that cameras need

// Squares draws rows of squares; true is dark.
func Squares(rows [][]bool) Image {
	var path strings.Builder
	for y, row := range rows {
		for x := 0; x < len(row); {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				path.WriteString("M" + strconv.Itoa(from+quiet) + " " + strconv.Itoa(y+quiet) + "h" + strconv.Itoa(x-from) + "v1h-" + strconv.Itoa(x-from) + "z")
			} else {
				x++
			}
		}
	}
	return Image{Path: path.String(), Side: strconv.Itoa(len(rows) + 2*quiet)}
}
