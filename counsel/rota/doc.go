// Package rota is who is on duty and when the line is open: templates and wall
// clocks on one side, instants on the other. It is pure: time, zone and
// identifiers are passed in.
//
// A wall clock is not an instant. On the two nights a year when clocks are
// set, a wall time may come twice or not at all; FirstOf and LastOf say which
// instant is meant. An opening or a shift begins at the first instant its clock
// shows and ends at the last, so a line that promised the hour keeps it.
//
// A Book is all that one version of a rota needs. Check holds it against the
// rules, which are data; OnDuty says who is there and when the line is planned
// open; Decide says what an offer, a claim or a publication changes. Every
// place on a published shift has exactly one person who answers for it.
//
// A Filler fills a version: Draft, Improve and Repair give a Filling that Check
// finds no new hard breach in, for the checker is asked before anything is
// given out. Suggest ranks who could take a shift, Why says what keeps people
// from a gap, and ScoreOf says what a version costs and for what.
package rota
