// Package chat is the live engine: who waits, who is asked, who talks with
// whom, and the delivery of every message once and in order.
//
// # Two kinds of owner
//
// One loop owns the queue and everybody who waits (queue.go): a goroutine that
// everybody else sends events. From accept on a conversation is a room
// (room.go), which belongs to one goroutine at any time: whoever brings an event
// while nobody runs the room runs it, and others put theirs in line (loop.go).
// Nobody holds a lock while something is handled, nobody waits for a link, and
// the queue's loop waits for no room.
//
// # Soft state
//
// The server relays and remembers as little as it can; the two pages hold the
// conversation. After kill -9 the queue comes back from tickets, the rooms
// from the store's standings (who holds whom; no words, no times) and the
// chains from the pages (assembly.go), every entry proved by its seal.
//
// # The chain
//
// A room gives each message its place. A message is held when it has one, and
// delivered when the other page has said so; nothing else makes it so. The
// rules in room.go, assembly.go, history.go and handover.go are numbered as in
// docs/protocol.md and docs/adr; they were found by an executable model and
// are held by the property tests in this folder, which run the same histories
// of cuts, kills and lies against this very code. Change them only together.
package chat
