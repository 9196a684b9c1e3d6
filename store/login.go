package store

// Logins is the store of staff logins, in a file of its own.
type Logins struct{ file *file }
