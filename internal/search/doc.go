// Package search holds the engines behind knowledge.Index.
//
// It owns how candidates are found, not how they are judged: scores and
// decisions are the knowledge room's and the same over every engine. It does
// not own analysis, the library or its life cycle.
//
// Embedded lives in memory. Meilisearch is a client of a server. Guarded asks
// the second while that is in step and in time and the first otherwise; it owns
// one goroutine, from Start to Stop, that compares from time to time.
//
// Invariants: content is swapped whole, so a search sees one state of it; equal
// content and equal text give equal candidates in equal order; every engine
// passes the suite in searchtest.
package search
