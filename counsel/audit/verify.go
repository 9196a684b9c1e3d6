package audit

import (
	"context"
	"slices"
	"strconv"

	"helpline"
)

// Source gives the rows of a log. Asserted by store.
type Source interface {
	// Rows gives at most limit rows from a number on, in the order of numbers.
	Rows(ctx context.Context, from, limit int) ([]Row, error)
	// LastCut gives the newest row that says that older ones were cut; false
	// when there is none.
	LastCut(ctx context.Context) (Row, bool, error)
}

// batch is how many rows are read at once, and how far a fault is explained
// from what stands behind it.
const batch = 500

// Wanted is what a log is held against.
type Wanted struct {
	Install     helpline.ID
	Keys        []Key // the first public key, and those of logs that were begun anew
	Checkpoints []Checkpoint
	Progress    func(entries int) // called now and then; may be nil
}

// Report says what a check has seen. Without a Fault everything was as it should be.
type Report struct {
	Fault    *Fault
	Checked  int   // rows looked at
	Head     Head  // of the last good row
	Key      Key   // that signs the next entry
	Cut      int   // first number that was kept; 0 when nothing was cut
	Restarts []int // entries that begin the log anew, with a key that was named
	Clocks   []int // entries that say that the clock was set back
	Unseen   int   // checkpoints that are older than the cut, and say nothing any more
}

// Verify checks a log from its first entry on and stops at the first fault.
// Invalid when there is no key to begin with or a checkpoint is of another line.
func Verify(ctx context.Context, from Source, w Wanted) (Report, error) {
	if len(w.Keys) == 0 {
		return Report{}, helpline.Errorf(helpline.Invalid, "check the audit log: name its first public key, which was printed when the line was set up")
	}
	for _, c := range w.Checkpoints {
		if c.Install != w.Install {
			return Report{}, helpline.Errorf(helpline.Invalid, "check the audit log: a checkpoint is of another installation")
		}
	}
	v := &verifier{Wanted: w, from: from, key: w.Keys[0], before: First(w.Install, w.Keys[0])}
	cut, any, err := from.LastCut(ctx)
	if err != nil {
		return Report{}, err
	}
	if any {
		v.cut, err = strconv.Atoi(cut.Detail("from"))
		if err != nil || v.cut < 1 || v.cut > cut.Number {
			v.cut = 0 // the walk will find that it is not signed
		}
		v.cutAt = cut.Number
	}
	return v.walk(ctx)
}

// verifier walks along a log.
type verifier struct {
	Wanted
	from Source

	next    int // number that is expected
	before  Hash
	day     int
	key     Key
	past    []Key // keys that were in force
	cut     int   // first number that has to be there
	cutAt   int   // the entry that says so
	edge    Hash  // before the first that has to be there
	gap     int   // first missing number below the cut; -1 for none
	cutSeen bool
	rep     Report
}

func (v *verifier) walk(ctx context.Context) (Report, error) {
	v.gap = -1
	for {
		rows, err := v.from.Rows(ctx, v.next, batch)
		if err != nil {
			return Report{}, err
		}
		for i, r := range rows {
			f, err := v.take(ctx, r)
			if err != nil {
				return Report{}, err
			}
			if f == nil {
				f = v.compare(r)
			}
			if f != nil {
				v.rep.Checked += i
				return v.report(f), nil
			}
		}
		v.rep.Checked += len(rows)
		if v.Progress != nil {
			v.Progress(v.rep.Checked)
		}
		if len(rows) < batch {
			return v.report(v.end()), nil
		}
	}
}

func (v *verifier) report(f *Fault) Report {
	if f != nil && v.gap >= 0 && f.Number == v.cutAt { // what would have explained the gap is not signed
		f = &Fault{Number: v.gap, To: v.cut - 1, What: BadCut}
	}
	v.rep.Fault, v.rep.Key, v.rep.Cut = f, v.key, v.cut
	return v.rep
}

// take checks one row against the one before, and remembers what it changes.
func (v *verifier) take(ctx context.Context, r Row) (*Fault, error) {
	follows := r.Number == v.next
	if !follows && (r.Number > v.cut || v.next == 0) { // below the cut only the keys are left, of which the first entry is one
		return v.missing(r), nil
	}
	if !follows && v.gap < 0 {
		v.gap = v.next
	}
	signer, fault := v.signer(r)
	if fault != nil {
		return fault, nil
	}
	if !r.SignedBy(v.Install, signer) || follows && r.Before != v.before {
		if !follows {
			return &Fault{Number: v.next, To: r.Number - 1, What: KeyGone}, nil
		}
		return v.explain(ctx, r, signer)
	}
	if r.Number == v.cut {
		v.edge = r.Before
	}
	if fault := v.read(r, follows); fault != nil {
		return fault, nil
	}
	v.next, v.before, v.day = r.Number+1, r.Hash(v.Install), r.Day
	v.rep.Head = HeadOf(v.Install, r)
	return nil, nil
}

// signer is the key that must have signed a row.
func (v *verifier) signer(r Row) (Key, *Fault) {
	if r.Code != LogRestart {
		return v.key, nil
	}
	k, ok := r.Names()
	switch {
	case !ok:
		return v.key, nil // and so it is not signed
	case !r.SignedBy(v.Install, k):
		return k, nil
	case !slices.Contains(v.Keys, k):
		return k, &Fault{Number: r.Number, To: r.Number, What: Anew}
	}
	return k, nil
}

// read takes what a signed row says about the log itself.
func (v *verifier) read(r Row, follows bool) *Fault {
	at := func(w What) *Fault { return &Fault{Number: r.Number, To: r.Number, What: w} }
	back := r.Number > 0 && follows && r.Day < v.day
	switch r.Code {
	case LogClock:
		if !back || r.Detail("days") != strconv.Itoa(v.day-r.Day) {
			return at(Backward)
		}
		v.rep.Clocks = append(v.rep.Clocks, r.Number)
	case LogKey, LogRestart:
		k, ok := r.Names()
		if !ok {
			return at(BadForm)
		}
		v.past, v.key = append(v.past, v.key), k
		if r.Code == LogRestart {
			v.rep.Restarts = append(v.rep.Restarts, r.Number)
		}
	case LogCut:
		if r.Detail("from") == strconv.Itoa(v.cut) {
			if r.Detail("hash") != Bytes32("", v.edge).Value {
				return at(BadCut)
			}
			v.cutSeen = true
		}
	}
	if back && r.Code != LogClock && r.Code != LogRestart { // whoever begins anew may have restored an older clock
		return at(Backward)
	}
	return nil
}

// compare holds a good row against the checkpoints.
func (v *verifier) compare(r Row) *Fault {
	for _, c := range v.Checkpoints {
		if c.Number == r.Number && (c.Hash != v.rep.Head.Hash || c.Key != v.key) {
			return &Fault{Number: r.Number, To: r.Number, What: Rewritten}
		}
	}
	return nil
}

// end looks at what can only be seen once every row was.
func (v *verifier) end() *Fault {
	if v.cut > 0 && !v.cutSeen || v.gap >= 0 && v.cut == 0 {
		return &Fault{Number: max(v.gap, 0), To: max(v.cut-1, 0), What: BadCut}
	}
	last := -1
	for _, c := range v.Checkpoints {
		last = max(last, c.Number)
		if c.Number < v.cut {
			v.rep.Unseen++
		}
	}
	if last >= v.next {
		return &Fault{Number: v.next, To: last, What: Truncated}
	}
	if v.next == 0 {
		return &Fault{What: Truncated}
	}
	return nil
}
