// Package desk holds the use cases, one a file, in the order a letter meets
// them: ask.go, chat.go, open.go, lookup.go, list.go, move.go, tick.go; what a
// language model may propose to staff is assist.go and variants.go, what the
// public is asked and says is consultation.go, opinion.go and follow.go; what a
// machine checks before people do is proof.go; who reads a text before it reaches
// anybody is text.go and replychain.go, what each kind of text then does is a
// textKind; what people ask and the library does not answer well is gapask.go,
// gapsort.go, gaptask.go, gapmove.go and gapdraft.go.
//
// It owns the Store and Tx interfaces. Rules live in the rooms below; HTTP, SQL
// and the wall clock live outside and come in as values. Every change stores
// state, event, audit entry and jobs in one transaction.
//
// Invariants: every message gets a reviewed answer or a ticket with a unit and
// a date; a report (举报) is seen by its own handlers only; nobody moves what is
// outside of the own scope.
package desk
