// Package deadline counts working time and says, day by day, how a due date
// came about.
//
// It owns the calendar of State Council notices, the deadline rules (as data),
// budgets, clocks and their ladder of warnings. It never reads the wall clock
// or the database: a time comes in as a value. Days are Beijing days
// (UTC+8, no daylight saving).
//
// Invariants: the start day is not counted; a date that rests on a year without
// a notice is provisional and says so; a year without any calendar is an error,
// never silently Monday to Friday; due dates are monotone in the start.
package deadline
