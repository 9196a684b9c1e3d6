package wire

import (
	"unicode/utf8"

	"helpline"
)

// field is a bit for each key a frame can have.
type field uint64

const (
	fV field = 1 << iota
	fRound
	fTab
	fUpto
	fDone
	fSecret
	fTake
	fID
	fSeen
	fBody
	fHave
	fAfter
	fItems
	fMore
	fAssemble
	fReason
	fOn
	fStage
	fPlace
	fNumber
	fSince
	fDoor
	fLocale
	fAlias
	fLeft
	fVersion
	fLow
	fHigh
	fOut
	fEntry
	fFill
	fNext
	fHad
	fCode
	fRetry
	fState
	fContact
	fMine
	fWaiting
	fLongest
	fAsking
	fReady
	fYours
	fPeople
	fFinal
	fKept
	fPlain
)

// shape says which fields a kind must and may have.
type shape struct {
	kind      Kind
	must, may field
}

var fromPage = map[Kind]shape{
	Hello:  {Hello, fV | fRound | fTab | fUpto | fDone, fSecret | fTake},
	Say:    {Say, fID | fSeen | fBody, fHave},
	Have:   {Have, fUpto, 0},
	Want:   {Want, fAfter | fUpto, 0},
	Refill: {Refill, fAfter | fUpto | fItems, fMore | fAssemble},
	Leave:  {Leave, fReason, 0},
	Ready:  {Ready, 0, 0},
	Typing: {Typing, fOn, 0},
	Extend: {Extend, 0, 0},
	Share:  {Share, 0, 0},
	Duty:   {Duty, fOn, 0},
	Next:   {Next, fOn, 0},
	Accept: {Accept, fContact, 0},
}

var fromServer = map[Kind]shape{
	Stage:    {Stage, fStage | fTab, fNumber | fPlace | fLow | fHigh | fLeft | fSince | fAlias | fDoor | fLocale | fVersion | fKept | fPlain},
	Queue:    {Queue, fOut | fLow | fHigh, 0},
	Line:     {Line, fState | fLeft, 0},
	Said:     {Said, fEntry, fFill | fHave},
	Held:     {Held, fEntry, fHave},
	Synced:   {Synced, fRound | fUpto, 0},
	Have:     {Have, fUpto, 0},
	Want:     {Want, fAfter | fUpto, fAssemble},
	Gone:     {Gone, fAfter | fUpto, 0},
	Room:     {Room, 0, 0},
	Reset:    {Reset, 0, 0},
	Taken:    {Taken, 0, 0},
	Closed:   {Closed, fReason | fNext | fUpto | fHad, fFinal},
	Problem:  {Problem, fCode, fRetry | fID},
	Presence: {Presence, fState, fUpto},
	Typing:   {Typing, fOn, 0},
	Idle:     {Idle, fLeft, 0},
	Accept:   {Accept, fContact, fMine},
	Board:    {Board, fOn | fAsking | fWaiting | fLongest | fReady | fYours | fPeople, 0},
}

// FromPage reads a frame a page sent. The error is Invalid, names the place in
// the frame and never what stood there.
func FromPage(b []byte) (*Frame, error) { return made(b, fromPage) }

// ReadPage is FromPage into a frame that is there already, and empty. After an
// error it holds anything.
func ReadPage(f *Frame, b []byte) error { return decode(f, b, fromPage) }

// FromServer reads a frame the server sent: for simulated people.
func FromServer(b []byte) (*Frame, error) { return made(b, fromServer) }

func made(b []byte, kinds map[Kind]shape) (*Frame, error) {
	f := new(Frame)
	if err := decode(f, b, kinds); err != nil {
		return nil, err
	}
	return f, nil
}

func decode(f *Frame, b []byte, kinds map[Kind]shape) error {
	if len(b) > MaxFrame {
		return helpline.Errorf(helpline.Invalid, "frame: %d bytes, at most %d", len(b), MaxFrame)
	}
	if !utf8.Valid(b) {
		return helpline.Errorf(helpline.Invalid, "frame: not UTF-8")
	}
	r := reader{b: b}
	var seen field
	first := true
	var sh shape
	r.object(func(key []byte) {
		if first { // k comes first: the rest is judged by it
			first = false
			if string(key) != "k" {
				r.fail("k must be the first field")
				return
			}
			var ok bool
			if sh, ok = kinds[Kind(r.name())]; !ok {
				r.fail("unknown kind")
			}
			f.Kind = sh.kind
			return
		}
		bit := r.member(f, string(key))
		switch {
		case r.err != nil:
		case bit == 0 || (sh.must|sh.may)&bit == 0:
			r.fail("unknown field")
		case seen&bit != 0:
			r.fail("field twice")
		}
		seen |= bit
	})
	r.end()
	if r.err == nil && (first || seen&sh.must != sh.must) {
		r.fail("field missing")
	}
	return r.err
}

// member reads the value of one field into f and says which it was.
func (r *reader) member(f *Frame, key string) field {
	switch key {
	case "v":
		f.V = r.small()
		return fV
	case "round":
		f.Round = r.small()
		return fRound
	case "tab":
		f.Tab = r.number()
		return fTab
	case "upto":
		f.Upto = r.signed(f.Kind == Hello || f.Kind == Closed)
		return fUpto
	case "done":
		f.Done = r.number()
		return fDone
	case "secret":
		f.Secret = r.id()
		return fSecret
	case "take":
		f.Take = r.boolean()
		return fTake
	case "id":
		f.ID = r.id()
		return fID
	case "seen":
		f.Seen = r.number()
		return fSeen
	case "body":
		f.Body = r.text(MaxBody)
		return fBody
	case "have":
		f.Have = r.number()
		return fHave
	case "after":
		f.After = r.number()
		return fAfter
	case "items":
		r.array(func() { f.Items = append(f.Items, r.entry(true)) })
		return fItems
	case "more":
		f.More = r.boolean()
		return fMore
	case "assemble":
		f.Assemble = r.boolean()
		return fAssemble
	case "reason":
		f.Reason = r.text(16)
		return fReason
	case "on":
		f.On = r.boolean()
		return fOn
	case "contact":
		f.Contact = r.id()
		return fContact
	}
	return r.serverMember(f, key)
}

// serverMember reads the fields that only the server sends.
func (r *reader) serverMember(f *Frame, key string) field {
	switch key {
	case "stage":
		f.Stage = r.text(16)
		return fStage
	case "place":
		f.Place = r.small()
		return fPlace
	case "number":
		f.Number = r.number()
		return fNumber
	case "since":
		f.Since = r.number()
		return fSince
	case "door":
		f.Door = r.text(32)
		return fDoor
	case "locale":
		f.Locale = r.text(16)
		return fLocale
	case "alias":
		f.Alias = r.text(200)
		return fAlias
	case "left":
		f.Left = r.small()
		return fLeft
	case "version":
		f.Version = r.text(16)
		return fVersion
	case "low":
		f.Low = r.small()
		return fLow
	case "high":
		f.High = r.small()
		return fHigh
	case "out":
		r.array(func() { f.Out = append(f.Out, r.number()) })
		return fOut
	case "entry":
		f.Entry = r.entry(f.Kind == Said)
		return fEntry
	case "fill":
		f.Fill = r.boolean()
		return fFill
	case "next":
		f.Next = r.text(16)
		return fNext
	case "had":
		f.Had = r.signed(true)
		return fHad
	case "code":
		f.Code = r.text(16)
		return fCode
	case "retry":
		f.Retry = r.small()
		return fRetry
	case "state":
		f.State = r.text(16)
		return fState
	case "final":
		f.Final = r.boolean()
		return fFinal
	case "plain":
		f.Plain = r.boolean()
		return fPlain
	case "kept":
		f.Kept = r.boolean()
		return fKept
	case "mine":
		f.Mine = r.boolean()
		return fMine
	case "waiting":
		f.Waiting = r.small()
		return fWaiting
	case "longest":
		f.Longest = r.small()
		return fLongest
	case "asking":
		f.Asking = r.boolean()
		return fAsking
	case "ready":
		r.array(func() { f.Ready = append(f.Ready, r.waiter()) })
		return fReady
	case "yours":
		r.array(func() { f.Yours = append(f.Yours, r.waiter()) })
		return fYours
	case "people":
		r.array(func() { f.People = append(f.People, r.person()) })
		return fPeople
	}
	return 0
}
