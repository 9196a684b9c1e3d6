// Package wire is the language between the pages and the server: frames, their
// strict decoding, their sizes. It is pure. docs/protocol.md is its
// specification, and its examples are this package's tests.
package wire
