// Package proof reads a text before people do (校对) and points at what must not
// or should not go to the public: personal data, bases that do not hold, wrong
// or sensitive words, links that lead nowhere safe, missing remedies, dates and
// sums that do not fit.
//
// It owns the findings and what they rest on: the lexicon, surnames and titles
// of well-known laws, as data. It decides nothing and keeps nothing: a finding
// is advice to a reviewer, and only the use case says what a blocking one stops.
//
// Invariants: findings come in the order of the text and are the same for the
// same text; no excerpt, message or suggestion holds a personal datum in clear;
// offsets count characters and lie inside the text.
package proof
