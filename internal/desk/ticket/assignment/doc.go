// Package assignment decides which unit a ticket goes to, and keeps the
// organisation tree those units live in.
//
// Rules are data: category, keywords and district lead to a unit; where nothing
// fits, the mailbox task force takes it. A letter that complains about a unit
// is never routed to that unit or below it (avoidance, 回避).
//
// It does not move tickets and reads no storage.
package assignment
