// Package visitor is the HTTP side of the people who come for help: front,
// promise, the one page of waiting and talking, leaving.
//
// What it holds to:
//   - A ticket (cookie __Host-place) gives the place in the queue and never a
//     word. It is set only when a contact starts.
//   - Every door is a same-site POST that resumes an existing contact before
//     it starts one, because a Strict cookie does not come along on the first
//     request from another site.
//   - Somebody who leaves in a hurry marks the browser (cookie __Host-gone).
//     Whoever makes the next request from it ends that contact and goes on as
//     a stranger, so a leave without network is made good.
//   - Nothing that was sent is ever shown again by these pages, and no address,
//     browser or word is logged or put into an error.
//   - A page is rendered whole before its first byte is sent.
package visitor
