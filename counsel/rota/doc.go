// Package rota is when the line is open: wall clocks and weekdays on one side,
// instants on the other. It is pure: time and zone are passed in.
//
// A wall clock is not an instant. On the two nights a year when clocks are
// set, a wall time may come twice or not at all; FirstOf and LastOf say which
// instant is meant. An opening begins at the first instant its clock shows and
// ends at the last, so a line that promised the hour keeps it.
package rota
