// Package directory knows where a conversation can lead: who offers treatment
// or advice, what happens first there, what it costs, how anonymous it is, whom
// it does not take, and who checked that and when.
//
// # The format
//
// A directory is a JSON file of Open Referral's Human Services Data
// Specification 3.0: one service, one organization, or a list of them, each
// with what belongs to it inside. Read knows the rules by hand and names every
// problem with its path; a file with one problem is not taken at all. Fields
// that nobody here knows are kept: what Read took, Write gives back unchanged.
//
// What HSDS has no field for are attributes of a service whose taxonomy term
// belongs to one of our taxonomies:
//
//	helpline-door       self, relative, professional, young, survivor
//	helpline-anonymity  anonymous, first-contact, pseudonym, pseudonymous-billing
//	helpline-modality   phone, chat, mail, message, online, in-person, group
//	helpline-cost       free, insurance, paid
//	helpline-words      first, cost, anonymity, wait, exclusion: the value is a
//	                    text for the card, in the language of the term
//	helpline-check      source, checked-by, checked-on: the value says it
//
// Everything else stands where HSDS has it: application_process is what happens
// first, fees_description the cost, assured_date the day of the last check, and
// a service area whose extent_type is "text" has a region as its extent: a
// country (NL), a part of one (BE-VLG), or ANY.
//
// # Age
//
// An entry that nobody of the line has checked, or whose check is old, is marked
// "check before use". See Standing.
//
// The package does no input or output: readers and writers are passed in.
package directory
