package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
)

type signalsInput struct {
	Finished bool `query:"finished" doc:"those that are over, instead of those something is to be done about"`
}

type signalInput struct {
	ID string `path:"id" maxLength:"64"`
}

type signalMoveInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Move        signal.Move        `json:"move" enum:"acknowledge,assess,respond,release,close,merge"`
		Version     int64              `json:"version,omitempty" doc:"of the signal as it was seen; a newer one is a conflict. Letters that join do not raise it; acknowledge needs none"`
		Words       string             `json:"words,omitempty" doc:"assess, close, merge: why; release at a press conference: where and what"`
		Level       signal.Level       `json:"level,omitempty" enum:"general,major" doc:"assess; empty: as it is"`
		Category    string             `json:"category,omitempty" maxLength:"64" doc:"assess: of the watchlist; empty: as it is"`
		Unit        string             `json:"unit,omitempty" maxLength:"64" doc:"assess: unit id of who is responsible; empty: as it is"`
		Ticket      string             `json:"ticket,omitempty" maxLength:"64" doc:"respond: number of a ticket of kind signal that is there; empty: one is opened"`
		Title       string             `json:"title,omitempty" doc:"respond: of the ticket that is opened"`
		Text        string             `json:"text,omitempty" doc:"respond: of the ticket that is opened"`
		Channel     signal.Channel     `json:"channel,omitempty" enum:"statement,press" doc:"release"`
		Published   string             `json:"published,omitempty" maxLength:"64" doc:"release of a statement: id of a published text; empty: the ticket's answer, which is released with it"`
		Disposition signal.Disposition `json:"disposition,omitempty" enum:"confirmed,false_alarm" doc:"close"`
		Into        string             `json:"into,omitempty" maxLength:"64" doc:"merge: id of the other signal"`
	}
}

type signalsBody struct {
	Signals []signalBody `json:"signals" doc:"major ones first, then the newest"`
}

type signalBody struct {
	ID          string             `json:"id"`
	Pattern     signal.Pattern     `json:"pattern" enum:"lexicon,repeat,group,surge"`
	Level       signal.Level       `json:"level" enum:"general,major"`
	Category    string             `json:"category"`
	Name        string             `json:"category_name"`
	Categories  []choice           `json:"categories" doc:"of the watchlist"`
	District    string             `json:"district"`
	Unit        string             `json:"unit" doc:"unit id of who is responsible"`
	Restricted  bool               `json:"restricted" doc:"raised by a report"`
	State       signal.State       `json:"state" enum:"open,assessed,responding,closed"`
	Disposition signal.Disposition `json:"disposition,omitempty" enum:"confirmed,false_alarm,merged"`
	Into        string             `json:"into,omitempty"`
	Since       time.Time          `json:"since" doc:"the letter that raised it came"`
	RaisedAt    time.Time          `json:"raised_at"`
	Late        bool               `json:"late" doc:"major, and told later after the letter than the watchlist wants"`
	Watchlist   string             `json:"watchlist" doc:"version it was found by"`
	Tickets     []string           `json:"tickets" doc:"numbers of those the reader may see; there may be others"`
	Because     []evidenceBody     `json:"because"`
	Told        []toldPostBody     `json:"told"`
	Waits       bool               `json:"waits" doc:"for the reader to acknowledge it"`
	Answer      string             `json:"answer,omitempty" doc:"number of the ticket that answers it"`
	Releases    []publishedBody    `json:"releases"`
	Ledger      []signalActBody    `json:"ledger"`
	Moves       []signal.Move      `json:"moves" doc:"what the reader may do now"`
	Version     int64              `json:"version"`
}

type evidenceBody struct {
	Ticket  string         `json:"ticket" doc:"number"`
	Pattern signal.Pattern `json:"pattern" enum:"lexicon,repeat,group,surge"`
	Row     string         `json:"row,omitempty" doc:"lexicon: of the watchlist"`
	Passage string         `json:"passage,omitempty" doc:"lexicon: of the letter, personal data masked"`
	Count   int            `json:"count,omitempty" doc:"repeat and surge: letters; group: people"`
}

type toldPostBody struct {
	Unit    string     `json:"unit" doc:"unit id"`
	To      string     `json:"to" enum:"head,taskforce,leader"`
	Chain   int        `json:"chain" doc:"posts of a chain hear of it one after the other"`
	At      time.Time  `json:"at"`
	DueAt   time.Time  `json:"due_at"`
	By      string     `json:"by,omitempty" doc:"user id of who acknowledged it"`
	AckedAt *time.Time `json:"acknowledged_at,omitempty"`
}

type publishedBody struct {
	At      time.Time      `json:"at"`
	Channel signal.Channel `json:"channel" enum:"statement,press"`
	Text    string         `json:"text,omitempty" doc:"number of the ticket whose answer it is, or id of the published text"`
	Words   string         `json:"words,omitempty"`
	By      string         `json:"by" doc:"user id"`
}

type signalActBody struct {
	At    time.Time   `json:"at"`
	Move  signal.Move `json:"move"`
	By    string      `json:"by" doc:"user id"`
	Words string      `json:"words,omitempty"`
}

func newSignal(v desk.SignalView) signalBody {
	numbers := numbersOf(v.Letters)
	return signalBody{
		ID: v.ID, Pattern: v.Pattern, Level: v.Level, Category: v.Category, Name: v.CategoryName,
		Categories: list(v.Categories, func(c signal.Category) choice { return choice{Code: c.ID, Name: c.Name} }), District: v.District, Unit: v.Unit, Restricted: v.Restricted, State: v.State,
		Disposition: v.Disposition, Into: v.Into, Since: shown(v.Since), RaisedAt: shown(v.RaisedAt), Late: v.Late, Watchlist: v.Watchlist,
		Tickets: list(v.Letters, func(t ticket.Ticket) string { return t.Number }),
		Because: list(v.Evidence, func(e signal.Evidence) evidenceBody {
			return evidenceBody{Ticket: numbers[e.Ticket], Pattern: e.Pattern, Row: e.Row, Passage: e.Passage, Count: e.Count}
		}),
		Told: list(v.Told, func(t signal.Told) toldPostBody {
			return toldPostBody{Unit: t.Unit, To: t.To, Chain: t.Chain, At: shown(t.At), DueAt: shown(t.DueAt), By: t.By, AckedAt: shownOrNil(t.AckedAt)}
		}),
		Releases: list(v.Releases, func(p signal.Published) publishedBody {
			return publishedBody{At: shown(p.At), Channel: p.Channel, Text: p.Text, Words: p.Words, By: p.By}
		}),
		Ledger: list(v.Ledger, func(a signal.Act) signalActBody {
			return signalActBody{At: shown(a.At), Move: a.Move, By: a.By, Words: a.Words}
		}),
		Waits: v.Waits, Answer: v.Answer, Moves: list(v.Allowed, same[signal.Move]), Version: v.Version,
	}
}

// numbersOf are the numbers of tickets by id.
func numbersOf(ts []ticket.Ticket) map[string]string {
	numbers := make(map[string]string, len(ts))
	for i := range ts {
		numbers[ts[i].ID] = ts[i].Number
	}
	return numbers
}

func (s *Server) signalRoutes() {
	const path = "/api/v1/staff/signals"
	register(s, operation{
		id: "signals", method: http.MethodGet, path: path, tag: "signals", status: http.StatusOK, audience: staffOnly,
		summary: "What has to be looked at before it grows, as far as the reader may see the letters behind it",
	}, func(ctx context.Context, in *signalsInput) (*body[signalsBody], error) {
		vs, err := s.desk.Signals(ctx, actorOf(ctx), in.Finished)
		return respond(signalsBody{Signals: list(vs, newSignal)}, err)
	})
	register(s, operation{
		id: "signal", method: http.MethodGet, path: path + "/{id}", tag: "signals", status: http.StatusOK, audience: staffOnly,
		summary: "One of them", problems: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *signalInput) (*body[signalBody], error) {
		v, err := s.desk.Signal(ctx, actorOf(ctx), in.ID)
		return respond(newSignal(v), err)
	})
	register(s, operation{
		id: "move-signal", method: http.MethodPost, path: path + "/{id}/moves", tag: "signals", status: http.StatusOK, audience: staffOnly,
		summary: "Acknowledge, assess, answer, release, close or merge", problems: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *signalMoveInput) (*body[signalBody], error) {
		b := in.Body
		v, err := s.desk.MoveSignal(ctx, actorOf(ctx), in.ID, desk.SignalCommand(b))
		return respond(newSignal(v), err)
	})
}
