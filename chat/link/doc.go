// Package link carries frames over one live connection. Nothing here knows
// what a contact is: a link reads frames, checks the words in them and hands
// them on; it takes packets and writes them without ever making the sender
// wait.
//
// A socket costs little while nothing happens: the read loop runs in a
// goroutine of its own after the HTTP handler has returned, its buffers are
// small, write buffers are pooled, and a writer exists only while there is
// something to write.
package link
