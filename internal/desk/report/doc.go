// Package report turns frozen inputs into figures: the monthly sheet (考核表) of
// how units answered letters, and the reports of a month, quarter or year with
// the forms others have laid down.
//
// A month is a list of facts, each one step of one ticket, and the text of the
// rules they were judged by. Both are kept when the month is closed and never
// change, so the same sheet comes out whenever it is worked out again. A report
// is worked out from cells, which say how often something happened; what its
// figures count is a form, a text that is kept in the same way. All arithmetic is
// in whole numbers.
//
// The room owns rules and arithmetic. It does not know where facts and cells are
// kept, who may see a sheet, or what day it is; it makes no ranking, and no score
// without the parts it is made of. It imports ticket and problem.
package report
