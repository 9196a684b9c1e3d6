// Package chattest holds what tests of the live line need instead of sockets,
// a disk and a clock on the wall: a link that keeps what it is sent, and small
// memories of the journal, the counters and the hours. Only tests import it.
package chattest
