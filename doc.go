// Package helpline holds the words that every other package shares: who acts,
// which line this is, when it is open, what an error means, which route asks
// for what. It knows nothing of HTTP, SQL or files.
//
// # The house
//
//	cmd/helpline   main, configuration, all wiring, the edge
//	chat           the live engine: queue, rooms, delivery
//	chat/wire      frames on the wire      chat/ticket   tickets and seals
//	chat/link      live connections        chat/gate     admission
//	chat/promise   country profiles        chat/sim      people who speak the protocol
//	chat/visitor   the visitor's pages     chat/chattest fakes, for tests only
//	counsel        work on a contact       counsel/...   staff, vault, console and, later, the rest
//	templates      markup                  templates/i18n the words on the screens
//	static         style and scripts       store         SQLite, host keys
//
// Who may import whom is a table in arch_test.go, and a test.
package helpline
