package server

import (
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
)

type suggestionsBody struct {
	Units   []unitSuggestion `json:"units" doc:"likeliest first, at most three"`
	Co      []unitSuggestion `json:"co" doc:"units the catalogue lets help with the lead"`
	Similar []similarView    `json:"similar" doc:"likeliest first; only tickets the viewer may see"`
	Model   modelView        `json:"model"`
}

type unitSuggestion struct {
	Unit        string   `json:"unit" doc:"unit id"`
	Name        string   `json:"name"`
	Probability float64  `json:"probability" minimum:"0" maximum:"1" doc:"0 while the rules alone decide"`
	Reasons     []string `json:"reasons"`
}

type similarView struct {
	Number      string        `json:"number"`
	Title       string        `json:"title" doc:"personal data masked"`
	Probability float64       `json:"probability" minimum:"0" maximum:"1" doc:"that both are about the same matter"`
	SamePerson  bool          `json:"same_person"`
	Linked      bool          `json:"linked" doc:"noted by the desk when the letter came in"`
	Status      ticket.Status `json:"status"`
	CreatedAt   time.Time     `json:"created_at"`
	Reasons     []string      `json:"reasons"`
}

type modelView struct {
	Version   string     `json:"version" doc:"empty while nothing has been learnt: too few released tickets"`
	TrainedAt *time.Time `json:"trained_at"`
	Examples  int        `json:"examples" doc:"released tickets learnt from"`
	Accuracy  float64    `json:"accuracy" doc:"by cross-validation within them"`
}

func newSuggestions(s desk.Suggestions) suggestionsBody {
	unit := func(u desk.UnitSuggestion) unitSuggestion {
		return unitSuggestion{Unit: u.Unit, Name: u.Name, Probability: rounded(u.Probability), Reasons: list(u.Reasons, same[string])}
	}
	return suggestionsBody{
		Units: list(s.Units, unit), Co: list(s.Co, unit),
		Similar: list(s.Similar, func(t desk.SimilarTicket) similarView {
			return similarView{
				Number: t.Ticket.Number, Title: t.Ticket.Title, Probability: rounded(t.Probability), SamePerson: t.SamePerson,
				Linked: t.Linked, Status: t.Ticket.Status, CreatedAt: shown(t.Ticket.CreatedAt), Reasons: list(t.Reasons, same[string]),
			}
		}),
		Model: modelView{Version: s.Model.Version, TrainedAt: shownOrNil(s.Model.TrainedAt), Examples: s.Model.Examples, Accuracy: rounded(s.Model.Accuracy)},
	}
}
