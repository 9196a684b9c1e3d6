// Package counsel is the work on a contact, from accept to close, and the
// rules around it: when the line is open (duty.go), who may do what
// (policy.go), and how logins and passphrases reach counsel/vault and the
// store (login.go, stretch.go).
//
// It knows no HTTP and no SQL. counsel/console asks it; store keeps what
// ports.go names.
package counsel
