// Package precedent learns from tickets of the past which unit a letter belongs
// to, and says why: the finished tickets that resemble it.
//
// Three small models look at the same weighted words (complement naive Bayes, a
// linear separator, the nearest neighbours). Cross-validation within the past
// decides how much each of them counts and how sure the sum may be, so that the
// probability is one. Training has no chance in it: the same past gives the same
// model on every replica.
//
// Texts come in as numbers that stand for words. It knows no storage, no clock
// and no letter.
package precedent
