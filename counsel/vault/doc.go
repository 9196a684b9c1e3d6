// Package vault holds the cryptography of the staff's side. It reads and writes
// no files, knows no tables and no HTTP: bytes go in, bytes come out. This
// comment is the specification; testdata/vectors.json holds examples, and
// second_test.go reads them with code written from here alone.
//
// # What it promises, and what not
//
// Whoever can read everything the server keeps, but knows no passphrase, opens
// nothing. Whoever can also write it can destroy, but cannot slip in a key of
// his own, roll the key log back behind what a keyring has seen, move a note
// to another row, or take it for another author's. A note whose shred key is
// gone opens for nobody, with any passphrase.
//
// Not promised: a server that is taken over while somebody is logged in sees
// what that person sees. Supervisors are believed: one of them can vouch for
// false keys. An entry of the log newer than the last login of everybody can
// be cut off again unnoticed. A person who joins trusts the root the server
// names until the six words were compared; the words cover the root too. An
// older revision put back together with its own row is not noticed here. A
// draft is not signed. Go gives no certainty that every copy of a secret in
// memory is overwritten.
//
// # Notation
//
//	[a, b, c]   fields: each is its length in 4 bytes, big endian, then its bytes.
//	            A reader takes no field too few, too many, or of another length.
//	"text"      the ASCII bytes.   n:8 is a whole number in 8 bytes, big endian.
//	a | b       bytes one behind the other.
//	install     16 bytes: the installation. person, note, contact: 16 bytes, random.
//	box(K, A, P) = nonce (24 random bytes) | XChaCha20-Poly1305(K, nonce, P, A)
//	hpke(PK, I, P) = enc (1120) | ciphertext of RFC 9180, single shot, base mode, no
//	            associated data, info I; KEM 0x647a (X-Wing, MLKEM768-X25519),
//	            KDF HKDF-SHA256, AEAD ChaCha20-Poly1305. 1168 bytes for a key.
//	sign(SK, M) = Ed25519, 64 bytes.   HKDF is HKDF-SHA256(secret, salt, info), 32 bytes.
//
// A label ends in its version. Another version is another format, and is
// refused by readers of this one.
//
// # Passphrases (kdf.go, work.go)
//
//	passphrase --Argon2id(salt 16 bytes, t=3, m=128 MiB, p=2)--> 32 bytes
//	           --HKDF(no salt, "auth/v1")--> verifier key; its SHA-256 is stored
//	           --HKDF(no salt, "kek/v1") --> KEK, wraps the person's keyring; never stored
//
// The costs are kept per person, so that they can rise. The two keys say
// nothing about each other: whoever reads the stored verifier has to guess the
// passphrase at the full price, and a right guess of the verifier alone would
// still not open the keyring.
//
// Stretching costs 128 MiB and a good part of a second, beside conversations
// that must not stutter. So there is ONE place of work: one derivation at a
// time in the whole program, behind three bounded queues (a known device, any
// other login, return codes). The queues are served in turn, so that a flood
// in one keeps nobody out of another. A full queue answers Unavailable at once.
// Where the work is done is not this package's affair: Through names a Stretcher,
// and the program gives it a process apart that has only idle processor time.
//
// # Logins (login.go)
//
//	token      = what the cookie holds; at least 128 random bits, made by the caller
//	id         = SHA-256("login/id/v1" | token): the name the row is filed under
//	key        = HKDF(token, salt = the day's login key, "login/v1")
//	sealed     = box(key, "login/v1" | id, data)
//
// A copy of the login file opens nothing: it lacks the tokens, which only
// browsers hold, and from the day after tomorrow the login key is destroyed as
// well. Moving a sealed value to another row makes it unreadable.
//
// # Keyring (keyring.go, wrap.go)
//
//	ring    = X-Wing seed (32) | Ed25519 seed (32) | root key (32) | entries seen:8 | head (32)
//	wrapped = ["keyring/v1", box(KEK, A, ring)]
//	A       = ["keyring/aad/v1", install, person, by (1 byte), salt, t:8, KiB:8, lanes:8]
//
// by is 1 for a passphrase, 2 for a passkey and 3 for a printed code. Root and
// head are what the owner knows of the key log: they are carried by the
// keyring, because the database is what must not be trusted for them. All three
// are zero until the owner has a root.
//
// In a running server an unlocked keyring is ciphertext in memory:
//
//	box(HKDF(token, salt = 32 random bytes, "unlocked/v1"),
//	    ["unlocked/aad/v1", install, person, login id], ring)
//
// The screen lock drops it. Public keys and what is known of the log stay.
//
// # Introductions and their six words (public.go, words.go)
//
//	introduction = ["introduction/v1", install, person, X-Wing public key (1216),
//	                Ed25519 public key (32), signature]
//	signature    = sign(person, ["introduction/sign/v1", install, person, X-Wing key, Ed25519 key])
//	words        = first 9 bytes of SHA-256(["fingerprint/v1", install, root key, person,
//	                X-Wing key, Ed25519 key]), six numbers of 12 bits, highest bits first
//
// Word n is number n of a list: consonant, vowel, consonant, vowel, out of
// bdfgklmnprstvz and aeiou, in the order of those letters, the first changing
// slowest; words of two same syllables and words holding one of the pieces in
// words.go are left out; the first 4,096 remain. 72 bits: to be taken for
// somebody else one would have to find keys with that person's very words.
//
// # Key log (statement.go, log.go, vouch.go)
//
//	entry     = ["keylog/v1", install, number:8, previous (32), kind (1), body, signers, signatures]
//	signature = sign(signer, ["keylog/sign/v1", install, number:8, previous, kind, body, signers])
//	hash      = SHA-256(["keylog/hash/v1", entry])
//
// number counts from 0; previous is the hash of the entry before, zeros for
// the first. signers are Ed25519 public keys (32 bytes each) and signatures
// theirs (64 each), in the same order; in this version exactly one.
//
//	kind 1, body ["keylog/person/v1", person, X-Wing key, Ed25519 key, roles, signature of the introduction]
//	kind 2, body ["keylog/roles/v1", person, roles]
//	kind 3, body ["keylog/group/v1", name, generation:8, X-Wing key]
//	kind 4, body ["keylog/recovery/v1", generation:8, X-Wing key, k (1), persons, commitments]
//	kind 5, body ["keylog/members/v1", name, ["persons/v1", person, ...]], at most 64
//	kind 6, body ["keylog/confirm/v1", name, number of the kind 5:8, generation:8, X-Wing key]
//	roles = ["roles/v1", role, ...], each 1 to 32 bytes, in the order of their bytes, none twice
//
// Entry 0 is of kind 1, names a supervisor, and is signed by the root; the
// root's seed is destroyed at once. Every later entry is signed with the
// present key of a person who has the role "supervisor" at that point. Keys
// are fresh: no signing key and no sealing key stands for two persons or
// groups, ever, and a person's new keys are both new. An entry of kind 1 with
// the person's present keys only changes the roles. Roles may be empty: the
// person has left; the last supervisor cannot. A group's generations count
// from 1 without gaps. An unknown kind is refused.
//
// The groups are "supervisors": everybody who has that role; "counsellors":
// everybody who has the role "counsellor" or "supervisor"; and "safeguarding":
// those who were named by two supervisors. An entry of kind 5 asks for members,
// persons in the order of their bytes and none twice, each with a role; an
// entry of kind 6, signed by another supervisor while the asker still is one,
// agrees to the newest kind 5 of that name and starts the generation that has
// them. Only "safeguarding" can be named. Its later generations are of kind 3
// when they only leave out who has left; a person without roles is a member no
// more, and not again after coming back.
//
// Whenever somebody leaves a group, its next generation is started by the same
// writing. A new member gets a seat in the present generation; a supervisor and
// a named member get seats in the earlier ones as well.
//
// Kind 4 is the line's next recovery key, in generations from 1 without gaps:
// who holds its shares (16 bytes each, by part from 1), how many are needed, and
// a commitment to each share (32 bytes each). 2 to 5 custodians, each once, in
// the log with roles; at least two are needed; one at most has the role
// "operator".
//
// A log is believed by a keyring when its entry 0 is signed by the keyring's
// root, it has at least as many entries as the keyring has seen, and the last
// of those has the hash the keyring names. All keys that are sealed to or
// checked with come out of a log that is believed; none out of a table.
//
// # Seats in a group (group.go)
//
//	place = install, name, generation:8, SHA-256(group's X-Wing key), member, SHA-256(member's X-Wing key), giver
//	seat  = ["seat/v1", place..., S, sign(giver, ["seat/sign/v1", place..., SHA-512(S)])]
//	S     = hpke(member, ["seat/hpke/v1", place...], the group's X-Wing seed)
//
// giver is the Ed25519 key of somebody who is or was a supervisor. The pair of
// the seed must be the one the log names for that generation.
//
// # Granting again (regrant.go)
//
// After a new generation of the supervisors the grants of older notes are
// replaced: a supervisor opens the grant with the key of the earlier generation
// and writes one to the present generation, as giver. Shred key and words are
// not touched. The note's own signature, the grant's giver and the commitment
// are checked as at an opening; whether the log vouches for the author is left
// to the opening.
//
// # Holds (hold.go)
//
//	place   = install, note, day:8, reason, SHA-256(["hold/key/v1", shred key]), asker
//	ask     = ["hold/v1", place..., sign(asker, ["hold/sign/v1", place...])]
//	confirm = ["hold/confirm/v1", signer, sign(signer, ["hold/confirm/sign/v1", install, SHA-256(ask)])]
//	lift    = ["hold/lift/v1", signer, sign(signer, ["hold/lift/sign/v1", install, SHA-256(ask)])]
//
// day is the day on which it was asked for, since 1970; reason a code of 1 to 32
// bytes. Asker and signers are Ed25519 keys of persons who are or were
// supervisors; asker and confirmer are two persons. The shred key lies beside
// the papers. A hold without confirm keeps nothing.
//
// # Notes (note.go, grant.go, body.go)
//
//	DEK        = 32 random bytes, for one revision of one note
//	shred key  = 32 random bytes, kept apart; the row names its number
//	A          = ["note/aad/v1", install, note, revision:8, author's Ed25519 key, ISO week "2026-W47", schema:8]
//	C          = box(HKDF(DEK, salt = shred key, "note/v1" | note), A, body)
//	commitment = HMAC-SHA256(DEK, "commit/v1")
//	sealed     = ["note/v1", A, C, commitment, sign(author, ["note/sign/v1", A, SHA-512(C), commitment])]
//
//	place = install, note, commitment, kind (1), name, SHA-256(recipient's X-Wing key), generation:8, giver
//	grant = ["grant/v1", place..., S, sign(giver, ["grant/sign/v1", place..., SHA-512(S)])]
//	S     = hpke(recipient, ["grant/hpke/v1", place...], DEK)
//
// kind 1 is a person: name is the person's 16 bytes, generation 0. kind 2 is a
// group by its name. giver is the Ed25519 key of the note's author or of
// somebody who is or was a supervisor.
//
//	body = length of the JSON in 4 bytes, big endian | JSON | zeros, to 1024, 4096 or 16384 bytes
//	JSON = {"outcome":{...},"text":"..."} as RFC 8785 writes it; names are ASCII, numbers
//	       whole and of at most 15 characters, nothing is nested deeper than 8
//
// The author seals to herself and to the supervisors' present generation. A
// reader checks, in this order, and stops at the first that fails: form;
// A against the row (place, revision, week, schema); the author's key up to
// the root, or that it is the reader's own; signature; grant (form, note and
// commitment, recipient, giver, signature, opening); commitment; ciphertext;
// body, which must be the one way to write it. check.go names each.
//
// # Drafts (draft.go)
//
//	A     = ["draft/aad/v1", install, contact, person, SHA-256(person's X-Wing key)]
//	draft = ["draft/v1", A, hpke(person, A, DEK), box(HKDF(DEK, salt = shred key, "draft/v1" | contact), A, body)]
//
// A draft takes the shred key the note will have, and dies with it.
//
// # Printed codes (proquint.go)
//
// A code is 128 random bits in eight groups of five letters and a ninth that
// checks them: 16 bits a group, four in each consonant (bdfghjklmnprstvz), two
// in each vowel (aiou), as proquints have it. The check group is the first 16
// bits of SHA-256(["code/check/v1", the 16 bytes]). Codes holding one of the
// pieces in words.go are drawn again. The code as it is written, in small
// letters with hyphens, is stretched like a passphrase under a salt of its own,
// and its KEK wraps the keyring with by = 3. The code is kept nowhere.
//
// # Return codes (returncode.go)
//
// A return code is 80 random bits in five groups as above and a sixth that checks
// them: the first 16 bits of SHA-256(["return/check/v1", the 10 bytes]). The code
// as it is written, in small letters with hyphens, is stretched like a passphrase,
// with t=2, m=32 MiB, p=1, under the pepper of the installation as salt; what
// would be the KEK names and opens the thread:
//
//	name = HKDF(KEK, no salt, "return/name/v1"), 16 bytes
//	seed = HKDF(KEK, no salt, "return/seed/v1"); its X-Wing pair is the thread's
//
// The code is kept nowhere. Whoever has every file has to guess 80 random bits at
// the full price each.
//
// # Letters and cards (letter.go)
//
//	A          = ["letter/aad/v1", install, thread, letter, number:8, side (1), SHA-256(thread's X-Wing key),
//	             author's Ed25519 key or 32 zeros, ISO week]
//	C          = box(HKDF(DEK, salt = shred key, "letter/v1" | letter), A, body)
//	commitment = HMAC-SHA256(DEK, "commit/v1")
//	sealed     = ["letter/v1", A, C, commitment, S]
//	S          = sign(author, ["letter/sign/v1", A, SHA-512(C), commitment]), or nothing
//	to thread  = hpke(thread, ["letter/thread/v1", install, thread, letter, commitment, SHA-256(thread's key)], DEK)
//	to group   = hpke(group, ["letter/group/v1", install, thread, letter, commitment, name, generation:8,
//	             SHA-256(group's key)], DEK)
//	link       = hpke(thread, ["link/v1", install, thread, SHA-256(thread's key)], note)
//	body       = length of the words in 4 bytes, big endian | words | zeros, to 1024, 4096, 16384 or 32768 bytes
//
// side is 1 for what a visitor wrote, 2 for an answer, which is signed, and 3 for
// a card, which goes to the thread alone. thread and letter are 16 random bytes.
//
// What a visitor writes is sealed by the server, which has no keyring: it goes to
// the newest key of the group by a log that holds from its own first entry on.
// Whoever can write the database before a start could put a whole log of his own
// there and read what comes in, until somebody unlocks: no keyring believes that
// log, and from then on nothing is sealed. Nobody can have answers sealed to a key
// of his own: the key of the thread stands in A of the visitor's letter, which is
// opened before an answer is sealed. An answer is believed when its author's key
// stands in the log.
//
// # The line's recovery key (recovery.go, shamir.go, share.go, escrow.go)
//
// An X-Wing pair that exists in the shares of its custodians alone. It is made
// in a supervisor's unlocked login; its seed is shared at once and forgotten.
//
//	share      = Shamir over GF(2^8), x^8+x^4+x^3+x+1, of the seed byte for byte, as in
//	             draft-mcgrew-tss-03: the seed is the value at 0, share n the value at n
//	commitment = SHA-256(["share/commit/v1", install, generation:8, part (1), share (32)])
//	place      = install, generation:8, SHA-256(recovery key), part (1), custodian,
//	             SHA-256(custodian's X-Wing key)
//	sent       = ["share/v1", place..., hpke(custodian, ["share/hpke/v1", place...], share)]
//
//	paper      = 26 words of the list of words.go, 12 bits each, highest bits first, of
//	             tag (3) | part, k (4 bits each) | share (32) | check (3)
//	tag        = first 3 bytes of SHA-256(["share/tag/v1", install, generation:8, recovery key])
//	check      = first 3 bytes of SHA-256(["share/check/v1", the 36 bytes before])
//
// What was sent goes when the custodian has typed two of the words. A share
// that is typed later must be the one the log commits to, for that custodian;
// tag and check only say what is wrong with it.
//
//	place  = install, person, generation:8, SHA-256(recovery key), SHA-256(person's X-Wing key),
//	         person's Ed25519 key
//	escrow = ["escrow/v1", place..., S, sign(person, ["escrow/sign/v1", place..., SHA-512(S)])]
//	S      = hpke(recovery key, ["escrow/hpke/v1", place...], ring)
//
// Everybody's keyring is put in escrow when it is used after the key was made.
//
// # Rescues (rescue.go)
//
//	token    = what the asker's browser holds; at least 128 random bits
//	seed     = HKDF(token, salt = install, "rescue/seed/v1"); its X-Wing pair is the rescue's
//	id       = first 16 bytes of SHA-256(["rescue/id/v1", install, token])
//	words    = six words, as above, of SHA-256(["rescue/words/v1", install, id, rescue's key])
//	place    = install, id, person, SHA-256(rescue's key), generation:8, expires:8
//	approval = ["rescue/v1", generation:8, signer, sign(signer, ["rescue/sign/v1", place..., signer])]
//	piece    = hpke(rescue's key, ["piece/hpke/v1", place..., part (1)], share)
//
// signer is the Ed25519 key of a present supervisor who is not the person and
// has heard the words. A custodian looks at the approval and at the person's
// escrow before the share is sealed. Only with the token, the approval, k pieces
// that the log commits to and the escrow, in one request, does the keyring
// open; and then the log must be believed by it, and name its keys as the
// person's. The recovery key is replaced after it was used.
//
// # Second factors (factor.go)
//
//	key    = HKDF(X-Wing seed | Ed25519 seed, no salt, "factor/v1")
//	sealed = ["factor/v1", box(key, ["factor/aad/v1", install, person, factor, kind (1), revision:8], contents)]
//	KEK of a passkey = HKDF(what its function gave (32 bytes), salt = factor, "passkey/kek/v1");
//	its wrapping has by 2, the factor as salt, and costs of zero
//
// factor is 16 random bytes; revision rises with each use. factor_test.go has
// an example and a second reader.
//
// # Secrets
//
// Passphrases, keys, keyrings and contents are types that print as [secret]
// wherever they are formatted or logged. Errors say which check failed, and
// never hold contents or keys.
package vault
