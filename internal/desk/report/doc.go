// Package report turns frozen inputs into figures: the monthly sheet (考核表) of
// how units answered letters.
//
// A month is a list of facts, each one step of one ticket, and the text of the
// rules they were judged by. Both are kept when the month is closed and never
// change, so the same sheet comes out whenever it is worked out again. All
// arithmetic is in whole numbers.
//
// The room owns rules and arithmetic. It does not know where facts are kept, who
// may see a sheet, or what day it is; it makes no ranking, and no score without
// the parts it is made of. It imports ticket and problem.
package report
