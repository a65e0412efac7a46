// Package dossier writes the file of a request for information that is over as a
// ZIP anybody can read in twenty years: archive.json for programs, index.html for
// people and printers, the applicant's files, and SHA256SUMS over all of them.
//
// Invariants: the page says what the JSON says, both are made of one value; it
// loads nothing from anywhere; what people wrote stays text; the same value
// gives the same bytes; no name in the ZIP comes from the public.
package dossier
