// Package sheet is the library as files people edit: a workbook of one sheet, or
// YAML in the schema of the library's own files. It turns them into rows of text
// cells and back, and knows what a file may look like; what a row means is for
// whoever asked to decide.
//
// Invariants: reading never evaluates anything, never follows an alias or a
// link, and takes no more memory than [MaxUnzipped] some times over; what
// cannot be taken is a fault that names its row and column, never dropped.
// What was written and is read again is the same rows.
package sheet
