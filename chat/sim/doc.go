// Package sim holds people who speak the real protocol: a page as a pure
// machine (page.go), and visitors and counsellors with scripts for the demo,
// for load and for tests. static/js/thread.js is the same machine for
// browsers; the two are changed together.
package sim
