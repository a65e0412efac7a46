// Package gap is what the public asks and the library does not answer well: a
// gap gathers questions of one matter, over days and channels, and becomes a
// task (二次解读) once enough people have asked.
//
// A gap and its task are one thing, so that there cannot be a second task for
// it. This room knows when a gap becomes a task and what may become of it; which
// questions belong together, and who asked, is the desk's to find out.
//
// Invariants: a task has a unit and a date; it ends with an entry that was
// published, or with a reason; what was declined or answered opens again when it
// is asked as often once more.
package gap
