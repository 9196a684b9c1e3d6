// Package console is the HTTP of the staff: logging in and out, joining by
// invitation, the desk with its sockets, the board and the list of people.
//
// # Security model
//
// A login is a random token in a cookie named __Host-login: HttpOnly, Secure,
// SameSite=Strict, gone when the browser closes, and at the latest ten hours
// after logging in. The token is drawn anew at every login. What is stored
// about it is sealed (counsel/vault) and names only the person: state and
// roles are read from the store at every request, so a person who is removed
// or loses a role meets that at the next click.
//
// The two socket routes stand outside the login middleware, which cannot set
// cookies on an upgrade; they read the cookie themselves and answer 401
// without a word. Logging out deletes the login first and then drops every
// link of the person. While sockets are open their logins are looked at every
// few seconds (watch.go), for those that end in another way.
//
// Every route is one line of the table in routes.go with the action it needs;
// counsel.May decides. Forms are at most 16 KiB. Cross-origin posts are
// refused by the edge, and the cookie does not travel with them.
//
// No handler here sees a visitor's word: those go from chat/link to the engine.
package console
