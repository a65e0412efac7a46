package channel

import "jiesu/internal/problem"

// Scan is what a virus scanner says of a file.
type Scan string

// What is known of a file.
const (
	Unscanned Scan = "" // nobody looks, or nobody did when it came
	Waiting   Scan = "waiting"
	Clean     Scan = "clean"
	Infected  Scan = "infected" // kept sealed, and given to nobody
)

// Usable is nil where the content of a may be given to anybody.
func (a *Attachment) Usable() error {
	switch a.Scan {
	case Waiting:
		return problem.New(problem.Conflict, "attachment.waiting", "附件“"+a.Name+"”正在查毒，请稍后再试。")
	case Infected:
		return problem.New(problem.Conflict, "attachment.infected", "附件“"+a.Name+"”含病毒，已隔离，不能查看和转送。")
	case Unscanned, Clean:
	}
	return nil
}
