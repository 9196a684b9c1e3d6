package rota

import (
	"time"

	"helpline"
)

// Person is what a rota must know of somebody: no name, no address.
type Person struct {
	ID        helpline.ID
	Standing  Standing
	Since     time.Time         // of who is suspended: from when on; the zero time: always was
	Roles     []Role            // that may be given to them; a leader may always be a counsellor and a buddy
	Languages []helpline.Locale // in which they talk with visitors
	Unreached bool              // no notice would call them: behind a small line they count only where they are seen; false also while notices are off
}

// Standing is whether somebody may be planned at all.
type Standing string

// The standings.
const (
	Active    Standing = "active"
	Suspended Standing = "suspended"
	Removed   Standing = "removed"
)

// Pause is that somebody does not work here from an instant on, until somebody
// says otherwise. Whether they may sign in is no matter of the rota.
type Pause struct {
	Person helpline.ID
	Since  time.Time
}

// At is the standing of the person at an instant: what somebody did before they
// were suspended stays what it was.
func (p Person) At(t time.Time) Standing {
	if p.Standing == Suspended && t.Before(p.Since) {
		return Active
	}
	return p.Standing
}

// on is the standing of the person for a shift: that of its last moment.
func (p Person) on(s *Shift) Standing {
	if p.Standing == Active {
		return Active
	}
	return p.At(s.End.Add(-time.Nanosecond))
}

// May says whether a role may be given to the person.
func (p Person) May(r Role) bool {
	for _, own := range p.Roles {
		if own == r || own == Leader && r != Trainee || own == Counsellor && r == Buddy {
			return true
		}
	}
	return false
}

// Speaks says whether the person talks with visitors in a language.
func (p Person) Speaks(l helpline.Locale) bool {
	for _, own := range p.Languages {
		if own == l {
			return true
		}
	}
	return false
}

// Terms are what was agreed with somebody.
type Terms struct {
	Person           helpline.ID
	Employment       Employment
	Profile          string // law profile; empty: that of the rota
	Min, Target, Max int    // minutes a week, over the period; Max 0: not agreed
	Share            int    // of unsocial hours, against the others' shares; 0 counts as 1
}

// Employment is what ties somebody to the line.
type Employment string

// The ties.
const (
	Employee  Employment = "employee"
	Volunteer Employment = "volunteer"
)

// Skill is something somebody has learned. After Expires it counts no more.
type Skill struct {
	Person  helpline.ID
	Name    string
	Expires Date // the last day it counts; the zero Date: never
}

// Mentor is the skill of a counsellor beside whom a trainee may work. A leader
// needs none for that.
const Mentor = "mentor"

// Good says whether the skill counts on a day.
func (s Skill) Good(d Date) bool { return s.Expires == (Date{}) || !d.after(s.Expires) }

// Availability is what somebody said of a stretch of time.
type Availability struct {
	Person helpline.ID
	Interval
	Wish Wish
}

// Wish is a word about a stretch of time.
type Wish string

// The wishes. Only Cannot is a wall.
const (
	Cannot    Wish = "cannot"
	PreferNot Wish = "prefer not"
	Prefer    Wish = "prefer"
)

// Leave is time off. Why is nobody's affair and has no place here.
type Leave struct {
	ID     helpline.ID
	Person helpline.ID
	Interval
}

// OnCall is a stretch in which a leader can be reached.
type OnCall struct {
	ID     helpline.ID
	Leader helpline.ID
	Interval
}

// Days is the time from the first minute of a day to the last of another, on a
// wall clock of the zone.
func Days(first, last Date, zone *time.Location) Interval {
	return Interval{FirstOf(first, 0, zone), LastOf(last, 1440, zone)}
}

// Meets says whether two stretches share time; touching is not sharing.
func (i Interval) Meets(o Interval) bool { return i.Start.Before(o.End) && o.Start.Before(i.End) }
