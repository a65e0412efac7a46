// Package faq is the reviewed policy library as files: one entry a file under
// library/<category>/, one law or policy document a file under documents/, the
// fixed wording of the robot in lines.yaml, the registry of hotlines in
// hotlines.yaml, and the golden questions that measure the answers in golden/.
//
// The package reads and validates those files and knows nothing else. A bureau
// may keep its own library in a folder of the same layout.
//
// Invariants: a library that [Load] returned has passed every check of
// [Library.Check]; entries come by category, in the order of [Categories], then by id.
package faq
