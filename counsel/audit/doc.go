// Package audit is the log of who opened, granted, exported and changed what:
// entries, the chain that holds them together, the keys that sign it, and the
// check of all that. It reads no files and knows no tables: rows and slots come
// in and go out. This comment is the specification of the format;
// testdata/vectors.json holds an example.
//
// # What it promises, and what not
//
// Whoever can write the database, but not the key file, cannot edit, delete,
// insert or reorder an entry unseen: the check names the first number that is
// wrong. Whoever gets hold of the host can falsify from the last key entry on,
// which is at most an hour old while the line runs, and not before: older seeds
// are overwritten. A cut tail shows against a checkpoint that was copied
// elsewhere, and, from the last key entry down, against the key file.
//
// Not promised: whoever rules the host can delete the whole log and begin
// another; it has another first key. A deed that was done past this program
// (with the database in an editor) has no entry. An entry stands before its
// deed: after a crash it can tell of a deed that was not done, never the other
// way round. Entries carry no time finer than a day, but how many key entries
// lie between two of them tells about how many hours do. A flash disk can keep
// an overwritten seed.
//
// # Notation
//
// [a, b], "text", n:8 and a | b are those of package vault. install, actor and
// object are 16 bytes. A seed and its public key are Ed25519's, 32 bytes each.
//
// # Entries (entry.go, deed.go, code.go)
//
//	entry  = ["audit/entry/v1", install, number:8, day:8, actor, code, kind, object, details]
//	before = the hash of the entry before; for entry 0
//	         SHA-256(["audit/first/v1", install, first public key])
//	hash   = SHA-256(["audit/hash/v1", before, entry])
//	sign   = Ed25519(present seed, ["audit/sign/v1", install, hash]), 64 bytes
//
// number counts from 0, day is the day in UTC since 1970. actor is a person;
// zeros are the line itself, and zeros with a last byte of 1 somebody at the
// command line of the host. code is one of code.go, kind and object say what it
// was done to: both empty, or the kind and 16 bytes. A note, draft or other
// record with a shred key is named by
//
//	object = first 16 bytes of HMAC-SHA256(shred key, ["audit/object/v1", kind, id])
//
// so that the entry cannot be joined with the record once its shred key is
// forgotten. details are "name=value" in the order of their names, with one
// space between; code.go says for every code which there may be and of which
// form. There is no form that takes free words.
//
// # Keys of the log (slot.go)
//
// Entry 0 ("log.first") is signed by the first key, and names it and the
// installation, so that a copy of the log can be checked by whoever knows that
// key alone. At the start and the stop
// of the line and every hour an entry "log.key" names the next public key; it
// is signed by the present one, and everything behind it by the next one. The
// key file holds two slots, each in a block of its own:
//
//	slot = ["audit/slot/v1", install, number:8, hash, seed] | SHA-256 of that, and zeros to 4096 bytes
//
// number and hash are those of the entry that names the seed's public key. To
// change keys: the next seed is written into the idle slot and synced; the key
// entry is committed; the old slot is overwritten with random bytes and synced.
// Two good slots mean that a crash fell in between. The one whose entry does
// not stand in the log was never used, the other one is to be overwritten, and
// an entry "log.repair" says which it was.
//
// A key that is lost, or a database that is older than the key file (it was
// restored or cut), ends the chain: nothing can be signed, and deeds that need
// an entry are refused, until somebody says so on the command line. Then an
// entry "log.restart" names a new key and is signed by it. It counts only for
// whoever is told of that key by another way: it is an anchor, like the first.
//
// # Cutting (cut.go)
//
// After two years entries may go. An entry "log.cut" names the first number
// that stays and the hash before it; then the rows below go, but for entries of
// keys ("log.first", "log.key", "log.restart"), which name nobody. These keep
// their column before, so that the line of keys can still be followed from the
// first public key to the first entry that stays. The check wants every row
// from that number on, and no other than those of keys below it.
//
// # Checkpoints (checkpoint.go)
//
// A checkpoint is one line, to be copied where nobody of the host can write:
//
//	helpline audit 1 INSTALL NUMBER HASH KEY
//
// INSTALL in base64url, NUMBER the last entry, HASH its hash and KEY the public
// key that signs the next one, in hexadecimal. It says: the entries up to this
// one were there, and were these.
package audit
