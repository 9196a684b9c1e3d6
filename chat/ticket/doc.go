// Package ticket seals and opens the ticket in a visitor's cookie and seals
// the entries of a conversation.
//
// # Security model
//
// A ticket gives a place, never words. It is XChaCha20-Poly1305 under the
// day's ticket key with a random nonce; the day's number is bound as
// associated data. Today's and yesterday's keys open; both are random, live in
// files of their own and are destroyed after the second day, and with them
// every ticket that was ever written.
//
// An entry's seal is HMAC-SHA256 under the day's live key, cut to 128 bits,
// over contact, place, previous place, term, side, identifier, what the writer
// had seen and the SHA-256 of the body, every part with its length before it.
// So a page can give the server its own words back after a crash, and nobody
// can give it words that were not said.
//
// Time is passed in. Keys cannot be printed.
package ticket
