// Package mailbox reads the letters of mailboxes that others run, such as a
// mayor's or a province's, and writes back what was answered. What differs between
// them is configuration ([Source]): where the parts of a letter stand in their JSON
// or in the columns of their sheets, what their codes mean, how they write times.
//
// All of it is bytes and values: no room of the house is known here, no clock is
// read, nothing is stored. What a letter has to be like is for the desk to say.
package mailbox
