package server

import (
	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
)

// KeepWords are what codes of keeping and erasing are called.
type KeepWords struct {
	Erasures       []choice `json:"erasures" doc:"states of people's requests to be erased"`
	ErasureGrounds []choice `json:"erasure_grounds" doc:"why such a request is refused"`
}

func newKeepWords() KeepWords {
	return KeepWords{
		Erasures:       choices([]desk.ErasureState{desk.ErasurePending, desk.ErasureDone, desk.ErasureRefused}),
		ErasureGrounds: list(desk.ErasureGrounds(), func(r ticket.Reason) choice { return choice{r.Code, r.Name} }),
	}
}
