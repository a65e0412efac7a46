package server

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/gap"
	"jiesu/internal/desk/order"
	"jiesu/internal/desk/report"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/web/portal"
)

// wordsBody is what codes on the wire are called on a screen, each list in the
// order it is shown.
type wordsBody struct {
	Kinds     []choice `json:"kinds" doc:"of letters"`
	Channels  []choice `json:"channels" doc:"letters come in by"`
	Urgencies []choice `json:"urgencies"`
	Statuses  []choice `json:"statuses" doc:"of tickets"`
	Moves     []choice `json:"moves" doc:"of tickets, also those the desk makes itself"`
	Stages    []choice `json:"stages" doc:"of requests for information"`
	Outcomes  []choice `json:"outcomes" doc:"of replies"`
	Purposes  []choice `json:"purposes" doc:"of clocks: which wait they bound"`
	Budgets   []choice `json:"budgets" doc:"units of time a clock is counted in"`
	Pauses    []choice `json:"pauses" doc:"why a clock stands still"`

	Calls       []choice `json:"calls" doc:"outcomes of calls to a hotline"`
	Causes      []choice `json:"callback_causes" doc:"why somebody is called back"`
	CallResults []choice `json:"callback_results" doc:"of calling somebody back"`
	Scores      []choice `json:"scores" doc:"of a rating, the best first"`

	Categories []choice   `json:"categories"`
	Districts  []choice   `json:"districts"`
	Roles      []roleWord `json:"roles" doc:"of staff"`
	NoticeHows []choice   `json:"notice_hows" doc:"whether and when staff are told by e-mail"`

	Texts      []choice `json:"texts" doc:"kinds of texts for the public"`
	Attributes []choice `json:"attributes" doc:"what is published with a text"`
	Validities []choice `json:"validities" doc:"of documents"`
	TextStates []choice `json:"text_states"`
	TextMoves  []choice `json:"text_moves"`
	Gates      []choice `json:"gates" doc:"what a text is read for"`
	Decisions  []choice `json:"decisions" doc:"who may read a released reply"`
	Entries    []choice `json:"entries" doc:"states of entries of the library"`
	Gaps       []choice `json:"gaps" doc:"states of questions many ask"`
	Labels     []choice `json:"labels" doc:"states of what people said about answers"`
	Imports    []choice `json:"imports" doc:"what becomes of an entry of a file"`

	Consultations []choice `json:"consultations" doc:"states"`

	Patterns    []choice `json:"patterns" doc:"of weak signals"`
	Signals     []choice `json:"signals" doc:"states of weak signals"`
	SignalMoves []choice `json:"signal_moves"`
	Orders      []choice `json:"orders" doc:"states of orders of 12345 platforms"`
	OrderSteps  []choice `json:"order_steps"`

	Dimensions []choice `json:"dimensions" doc:"reports are broken down by"`
	Steps      []choice `json:"steps" doc:"of tickets, as reports count them"`

	WatchWords
	ChannelWords
	AuditWords
	KeepWords
}

// wording is a code with a name.
type wording interface {
	~string
	Name() string
}

func choices[C wording](codes []C) []choice { return called(codes, C.Name) }

// called are codes whose names are known elsewhere.
func called[C ~string](codes []C, name func(C) string) []choice {
	return list(codes, func(c C) choice { return choice{Code: string(c), Name: name(c)} })
}

func newWords(c desk.Catalogue) wordsBody {
	shared := newCatalogue(c)
	return wordsBody{
		Kinds: choices(channel.Kinds()), Channels: choices(channel.Sources()), Urgencies: choices([]channel.Urgency{channel.Urgent, channel.Critical}),
		Statuses: choices(ticket.Statuses()), Moves: choices(slices.Concat(ticket.Moves(), ticket.Following())),
		Stages:   choices([]ticket.Stage{ticket.Registered, ticket.Examined, ticket.Processed, ticket.Replied, ticket.Archived}),
		Outcomes: choices(reply.Outcomes()), Purposes: choices(deadline.Purposes()),
		Budgets: choices([]deadline.Unit{deadline.WorkingDay, deadline.NaturalDay, deadline.WorkingHour, deadline.Hour}),
		Pauses:  choices([]deadline.PauseReason{deadline.AwaitSupplement, deadline.ThirdParty, deadline.OtherAgency, deadline.Hearing, deadline.Examination}),
		Calls:   choices(desk.PhoneOutcomes()), Causes: choices(desk.CallbackCauses()), CallResults: choices(desk.CallResults()),
		Scores:     list(scores(), func(c portal.Choice) choice { return choice{Code: c.Value, Name: c.Name} }),
		Categories: shared.Categories, Districts: shared.Districts, Roles: roleWords(), NoticeHows: choices(desk.NoticeHows()),
		Attributes:    attributeNames(),
		Labels:        called([]desk.LabelState{desk.LabelWaiting, desk.LabelConfirmed, desk.LabelRejected}, labelStateName),
		Imports:       called([]desk.ImportOutcome{desk.ImportNew, desk.ImportChanged, desk.ImportSame, desk.ImportDrafted, desk.ImportRefused}, outcomeOf),
		Consultations: choices(consultation.States()),
		Validities:    called([]string{"in_force", "amended", "repealed", "expired"}, validityName),
		Texts:         choices(review.Kinds()), TextStates: choices(review.States()), TextMoves: choices(review.Moves()), Gates: choices(review.Gates()),
		Decisions: choices(review.Decisions()), Entries: choices(desk.EntryStates()), Gaps: choices(gap.States()),
		Patterns: choices([]signal.Pattern{signal.Lexicon, signal.Repeated, signal.ManyPeople, signal.Surging}), Signals: choices(signal.States()),
		SignalMoves: choices([]signal.Move{signal.Acknowledge, signal.Assess, signal.Respond, signal.Release, signal.Close, signal.Merge}),
		Orders:      choices(order.States()), OrderSteps: choices(order.Steps()),
		Dimensions: choices(desk.Dimensions()), Steps: slices.DeleteFunc(choices(report.Steps()), func(c choice) bool { return c.Name == "" }),
		WatchWords: newWatchWords(), ChannelWords: newChannelWords(), AuditWords: newAuditWords(), KeepWords: newKeepWords(),
	}
}

// roleWord is a role with what somebody who has it does.
type roleWord struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Duty string `json:"duty" doc:"what somebody with it does, and does not"`
}

func roleWords() []roleWord {
	return list(access.Roles(), func(r access.Role) roleWord { return roleWord{Code: string(r), Name: r.Name(), Duty: r.Duty()} })
}

// nameIn is what a list calls a code; the code itself where it does not.
func nameIn(all []choice, code string) string {
	for _, c := range all {
		if c.Code == code {
			return c.Name
		}
	}
	return code
}

type staffNamesBody struct {
	Colleagues []staffNameBody `json:"colleagues"`
}

// staffNameBody is what staff may know of each other.
type staffNameBody struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Unit string `json:"unit" doc:"unit id"`
	Left bool   `json:"left" doc:"the account is closed; the name still stands in what the person did"`
}

func (s *Server) wordRoutes() {
	register(s, operation{
		id: "words", method: http.MethodGet, path: "/api/v1/staff/words", tag: "session", status: http.StatusOK,
		summary: "What codes are called on a screen", audience: staffOnly,
		description: "Names change between releases, codes do not. A client that meets a code it has no name for shows the code.",
	}, func(context.Context, *nothing) (*body[wordsBody], error) {
		return respond(newWords(s.desk.Catalogue()), nil)
	})
	register(s, operation{
		id: "colleagues", method: http.MethodGet, path: "/api/v1/staff/colleagues", tag: "session", status: http.StatusOK,
		summary: "Who the people named in tickets and ledgers are", audience: staffOnly,
	}, func(ctx context.Context, _ *nothing) (*body[staffNamesBody], error) {
		users, err := s.access.Users(ctx)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(users, func(a, b access.User) int { return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Name, b.Name)) })
		return respond(staffNamesBody{Colleagues: list(users, func(u access.User) staffNameBody {
			return staffNameBody{ID: u.ID, Name: u.Name, Unit: u.Unit, Left: u.Disabled}
		})}, nil)
	})
}
