package rota

import (
	"time"

	"helpline"
)

// Aim is what a line wants to reach, and what its conversations are like. The
// program measures neither the length of a conversation nor the patience of
// those who wait: both are typed by whoever asks.
type Aim struct {
	Handle, Patience time.Duration
	Each, Queue      int
	Within           time.Duration // so soon
	Share            float64       // so many of all who come are answered
	Least            int           // people there, whatever comes
}

// Usual is the aim to begin with: conversations of 45 minutes, one at a time,
// people wait ten minutes on average, four of five are answered within two.
func Usual() Aim {
	return Aim{Handle: 45 * time.Minute, Patience: 10 * time.Minute, Each: 1, Queue: 100, Within: 2 * time.Minute, Share: 0.8, Least: 2}
}

// Check says what of it cannot be worked with; Invalid.
func (a Aim) Check() error {
	if err := a.traffic(0).Check(); err != nil {
		return err
	}
	if err := a.crew(a.Least).Check(); err != nil {
		return err
	}
	if a.Within < 0 || a.Within > time.Hour {
		return helpline.Errorf(helpline.Invalid, "a wait must be between 0 and an hour")
	}
	if !(a.Share > 0 && a.Share < 1) { // also what is not a number
		return helpline.Errorf(helpline.Invalid, "the share that is answered must be between 0 and 1")
	}
	return nil
}

func (a Aim) traffic(rate float64) Traffic {
	return Traffic{Rate: rate, Handle: a.Handle, Patience: a.Patience}
}

func (a Aim) crew(people int) Crew {
	return Crew{People: people, Each: a.Each, Queue: min(a.Queue, mostQueue)}
}

// Need is the smallest number of people, at least Least, with whom the aim is
// reached when so many come an hour; false when mostPeople are not enough.
// Errors are Invalid.
func (a Aim) Need(rate float64) (people int, enough bool, err error) {
	if err := a.Check(); err != nil {
		return 0, false, err
	}
	for people = a.Least; people <= mostPeople; people++ {
		share, err := a.traffic(rate).Within(a.crew(people), a.Within)
		if err != nil {
			return 0, false, err
		}
		if share >= a.Share {
			return people, true, nil
		}
	}
	return mostPeople, false, nil
}

// Advice is about one half hour of a usual week.
type Advice struct {
	Cell        Cell
	Known       bool    // the line has been open then
	Mean, Upper float64 // contacts in the half hour: expected, and the rate below which the true one likely lies; chance from day to day is in Erlang's model
	People      int     // that reach the aim at the upper end, at least the least
	Enough      bool    // false: nobody has so many people
}

// Advise gives advice for half hours. It advises: nothing follows from it by
// itself. Errors are Invalid.
func (a Aim) Advise(f *Forecast, cells []Cell) ([]Advice, error) {
	var out []Advice
	for _, c := range cells {
		if c < 0 || c >= Cells {
			return nil, helpline.Errorf(helpline.Invalid, "there is no such half hour")
		}
		one := Advice{Cell: c, Known: f.Knows(c), Mean: f.Mean(c), Upper: f.Upper(c, Likely)}
		var err error
		if one.People, one.Enough, err = a.Need(2 * one.Upper); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// Outlook is what to expect of an opening.
type Outlook struct {
	Came, Answered, Missed float64 // on average, in one such opening
	Upper                  int     // on four of five no more come
	Known                  int     // half hours of it in which the line has been open
	Halves                 int
}

// WhatIf says what to expect when the line is open in these half hours with so
// many people. Each half hour is taken as if it went on for long, which makes
// the first one of an opening look a little worse than it is and the last a
// little better. Errors are Invalid.
func (a Aim) WhatIf(f *Forecast, cells []Cell, people int) (Outlook, error) {
	if err := a.Check(); err != nil {
		return Outlook{}, err
	}
	o := Outlook{Halves: len(cells)}
	minutes := map[Cell]int{}
	for _, c := range cells {
		if c < 0 || c >= Cells {
			return Outlook{}, helpline.Errorf(helpline.Invalid, "there is no such half hour")
		}
		mean := f.Mean(c)
		flow, err := ErlangA(a.traffic(2*mean), a.crew(people))
		if err != nil {
			return Outlook{}, err
		}
		o.Came += mean
		o.Answered += mean * flow.Answered
		if f.Knows(c) {
			o.Known++
		}
		minutes[c] = 30
	}
	o.Missed = max(0, o.Came-o.Answered)
	_, o.Upper = f.Sum(minutes, Likely)
	return o, nil
}

// CellsOf gives the half hours from one time of a weekday to another, both in
// minutes after midnight; an end that is not after its beginning is on the next
// day. Halves that are touched count whole. Invalid for times that are none.
func CellsOf(day time.Weekday, from, to int) ([]Cell, error) {
	if day < 0 || day > 6 || from < 0 || from >= 1440 || to < 0 || to > 2880 || to == from {
		return nil, helpline.Errorf(helpline.Invalid, "no such hours")
	}
	if to < from {
		to += 1440
	}
	if to-from > 1440 {
		return nil, helpline.Errorf(helpline.Invalid, "no such hours")
	}
	first := (int(day)+6)%7*Halves + from/30
	last := (int(day)+6)%7*Halves + (to+29)/30
	var out []Cell
	for c := first; c < last; c++ {
		out = append(out, Cell(c%Cells))
	}
	if len(out) > Halves { // touched on both sides of a whole day
		out = out[:Halves]
	}
	return out, nil
}
