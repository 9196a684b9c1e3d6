// Package promise holds what depends on the country a line works in: the four
// sentences on confidentiality and where it ends, and the numbers that help
// now. They are law and fact, not screen words, so each stands in a country
// profile with its source, article, the day it was checked and by whom.
//
// A profile is a file, COUNTRY.json. Its version number goes with its words: a
// test keeps a fingerprint of them, so neither can change without the other.
// As long as no lawyer has cleared a profile, whoever prints it must say so;
// Promise.Cleared says which it is.
package promise
