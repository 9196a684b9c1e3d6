// Package staff knows the people who work on the line: how they are invited,
// join, log in, and which passphrases are good enough.
//
// # Security model
//
// Nobody chooses a passphrase for somebody else. A person is invited with a
// token that works once (72 hours; the first supervisor's one hour), is shown
// once and is kept only as a hash. Whoever holds it chooses the passphrase and
// is logged in.
//
// A wrong name, a wrong passphrase, an account that was removed and one that
// was never activated get one and the same answer at one and the same cost:
// the passphrase is stretched in every case. After some wrong answers under
// one name every further one waits, longer each time, up to half a minute.
// There is no lock-out that a colleague could be put under on purpose. What a
// flood under one name can still do is take the places in which tries wait
// (64); the owner of the name then has to try again. A browser in
// which somebody has logged in before (device.go) waits and is counted by
// itself, so that such a flood does not keep the owner out. The count is kept in memory
// only, also for names that do not exist.
//
// Passphrases come in as type Passphrase and tokens as type Token; neither can
// be printed.
package staff
