// Package signal finds letters about the same matter: how alike two texts are
// and how likely it is that they mean the same, and which of very many earlier
// letters come close to a new one.
//
// Both are small enough to read: a dozen comparisons weighed by the logistic
// model in model.yaml, and a sketch of each letter's rarest words in memory.
//
// Texts come in read and as values. It keeps no text, knows no storage, closes
// no ticket and moves no date: what it finds is for people to judge.
package signal
