package server

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"strconv"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
)

type explainInput struct {
	Body struct {
		Text string `json:"text" example:"身份证丢了咋整" doc:"1 to 5,000 characters; personal data is masked first"`
	}
}

type explainBody struct {
	Text     string           `json:"text" doc:"as it was read: personal data masked"`
	Reason   knowledge.Reason `json:"reason" example:"answer.sure" doc:"stable, for programs"`
	Because  string           `json:"because" doc:"the reason, for people"`
	Outcome  string           `json:"outcome" doc:"the decision, for people"`
	Line     string           `json:"line,omitempty" doc:"the fixed line a gate leads to"`
	Decision desk.AnswerBody  `json:"decision"`
	Limits   []namedValue     `json:"limits" doc:"thresholds of the model"`
	Readings []readingBody    `json:"readings" doc:"the whole message first"`
}

type namedValue struct {
	Name  string  `json:"name"`
	Words string  `json:"words,omitempty" doc:"for people"`
	Value float64 `json:"value"`
}

type readingBody struct {
	Role       knowledge.Role     `json:"role" enum:"whole,focus,part"`
	Text       string             `json:"text"`
	Normalised string             `json:"normalised"`
	Mended     string             `json:"mended" doc:"with characters that only sound right put right"`
	Concepts   []string           `json:"concepts" doc:"words of the trade"`
	Slots      []string           `json:"slots" doc:"cases it names"`
	Confidence float64            `json:"confidence" doc:"that the first candidate is right"`
	Ours       float64            `json:"ours" doc:"that the subject is one of the library's"`
	Evidence   []contributionBody `json:"evidence" doc:"what the confidence is made of"`
	Candidates []weighedBody      `json:"candidates" doc:"best first"`
	Obstacles  []knowledge.Reason `json:"obstacles" doc:"what speaks against answering with the first"`
	Against    []string           `json:"against" nullable:"false" doc:"the same, for people"`
}

type weighedBody struct {
	Entry    string             `json:"entry"`
	Question string             `json:"question"`
	Score    float64            `json:"score"`
	Features []contributionBody `json:"features" doc:"what the score is made of, the weightiest first"`
}

type contributionBody struct {
	Name    string  `json:"name"`
	Words   string  `json:"words,omitempty" doc:"what it measures, for people"`
	Value   float64 `json:"value"`
	Weight  float64 `json:"weight"`
	Product float64 `json:"product"`
}

func newExplanation(e desk.Explained) explainBody {
	return explainBody{
		Text: e.Text, Reason: e.Reason, Because: e.Reason.Sentence(), Outcome: decisionName(e.Decision.Kind), Line: e.Line, Decision: desk.NewAnswerBody(e.Decision),
		Limits:   list(e.Limits, func(l knowledge.Limit) namedValue { return namedValue{l.Name, limitName(l.Name), l.Value} }),
		Readings: list(e.Readings, newReading),
	}
}

func newReading(r knowledge.Take) readingBody {
	return readingBody{
		Role: r.Role, Text: r.Text, Normalised: r.Normalised, Mended: r.Mended, Concepts: list(r.Concepts, same[string]), Slots: list(r.Slots, same[string]),
		Confidence: rounded(r.Confidence), Ours: rounded(r.Ours), Evidence: list(r.Evidence, newContribution),
		Candidates: list(r.Candidates, func(w knowledge.Weighed) weighedBody {
			return weighedBody{Entry: w.Entry, Question: w.Question, Score: rounded(w.Score), Features: list(w.Features, newContribution)}
		}),
		Obstacles: list(r.Obstacles, same[knowledge.Reason]), Against: list(r.Obstacles, knowledge.Reason.Sentence),
	}
}

func newContribution(c knowledge.Contribution) contributionBody {
	return contributionBody{Name: c.Name, Words: summandName(c.Name), Value: rounded(c.Value), Weight: rounded(c.Weight), Product: rounded(c.Product())}
}

// rounded is v to four places: more would only pretend to be exact.
func rounded(v float64) float64 { return math.Round(v*1e4) / 1e4 }

type labelsInput struct {
	State desk.LabelState `query:"state" enum:"waiting,confirmed,rejected" default:"waiting"`
	After int             `query:"after" minimum:"0" doc:"how many to pass over"`
	Limit int             `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type labelsBody struct {
	Labels []labelBody             `json:"labels" doc:"most counted first"`
	Counts map[desk.LabelState]int `json:"counts" doc:"of all labels, by state"`
}

type labelBody struct {
	ID        string          `json:"id"`
	Question  string          `json:"question" doc:"personal data masked, as far as a machine sees it"`
	Votes     []voteBody      `json:"votes"`
	Count     int             `json:"count"`
	FirstAt   time.Time       `json:"first_at"`
	LastAt    time.Time       `json:"last_at"`
	State     desk.LabelState `json:"state" enum:"waiting,confirmed,rejected"`
	Entries   []string        `json:"entries" doc:"confirmed: what answers it; empty: nothing of the library does"`
	DecidedBy string          `json:"decided_by,omitempty" doc:"user id"`
	DecidedAt *time.Time      `json:"decided_at,omitempty"`
	Version   int64           `json:"version"`
}

type voteBody struct {
	Entry  string        `json:"entry" doc:"empty: nothing of the library"`
	Kind   desk.VoteKind `json:"kind" enum:"click,rating,correction"`
	Agrees bool          `json:"agrees" doc:"false: it does not answer the question"`
	Count  int           `json:"count"`
}

func newLabel(l desk.Label) labelBody {
	return labelBody{
		ID: l.ID, Question: l.Question, Votes: list(l.Votes, func(v desk.Vote) voteBody { return voteBody(v) }), Count: l.Count,
		FirstAt: shown(l.FirstAt), LastAt: shown(l.LastAt), State: l.State, Entries: list(l.Entries, same[string]),
		DecidedBy: l.DecidedBy, DecidedAt: shownOrNil(l.DecidedAt), Version: l.Version,
	}
}

type correctInput struct {
	Body struct {
		Question string `json:"question" doc:"1 to 2,000 characters, as it was asked; personal data is masked first"`
		Entry    string `json:"entry,omitempty" maxLength:"100" doc:"that should have answered it; empty: nothing of the library"`
	}
}

type decideInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Version int64           `json:"version" doc:"of the label as it was seen; a newer one is a conflict"`
		State   desk.LabelState `json:"state" enum:"confirmed,rejected"`
		Entries []string        `json:"entries,omitempty" nullable:"false" maxItems:"5" doc:"confirmed: what answers it; empty: nothing of the library does"`
	}
}

type weeksInput struct {
	Weeks int `query:"weeks" minimum:"1" maximum:"53" default:"8" doc:"how many, the running one included"`
}

type weeksBody struct {
	Weeks []weekBody `json:"weeks" doc:"newest first"`
}

type weekBody struct {
	Week       string        `json:"week" example:"2026-W48" doc:"ISO week, in Beijing"`
	From       string        `json:"from" example:"2026-11-23"`
	To         string        `json:"to" example:"2026-11-29"`
	Final      bool          `json:"final" doc:"it is over: the figures do not change any more"`
	Categories []figuresBody `json:"categories"`
	Total      figuresBody   `json:"total"`
}

type figuresBody struct {
	Category  string `json:"category" doc:"of the library; empty: questions that led to no entry"`
	Asked     int64  `json:"asked"`
	Answered  int64  `json:"answered"`
	Clarified int64  `json:"clarified"`
	None      int64  `json:"none"`
	Gated     int64  `json:"gated" doc:"emergencies, restricted topics, small talk"`
	Resolved  int64  `json:"resolved" doc:"clarified, and an option was chosen"`
	Refused   int64  `json:"refused" doc:"clarified, and none of the options was right"`
	Liked     int64  `json:"liked"`
	Disliked  int64  `json:"disliked"`
	Neutral   int64  `json:"neutral"`
	Corrected int64  `json:"corrected" doc:"clerks' corrections, confirmed"`
}

func newWeek(w desk.Week) weekBody {
	figures := func(f desk.WeekFigures) figuresBody { return figuresBody(f) }
	return weekBody{Week: w.Name, From: w.From, To: w.To, Final: w.Final, Categories: list(w.Categories, figures), Total: figures(w.Total)}
}

func (s *Server) lessonRoutes() {
	staffOp := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{
			id: id, method: method, path: "/api/v1/staff" + path, tag: "lessons", summary: summary,
			status: status, problems: problems, audience: staffOnly,
		}
	}
	register(s, staffOp("explain", http.MethodPost, "/explain", "Why a question is decided as it is; nothing is kept", http.StatusOK),
		func(ctx context.Context, in *explainInput) (*body[explainBody], error) {
			e, err := s.desk.Explain(ctx, actorOf(ctx), in.Body.Text)
			return respond(newExplanation(e), err)
		})
	register(s, staffOp("labels", http.MethodGet, "/labels", "Questions with what people said about their answers", http.StatusOK), s.labels)
	register(s, staffOp("correct", http.MethodPost, "/labels", "Say what a question should have been answered by; an editor decides", http.StatusCreated),
		func(ctx context.Context, in *correctInput) (*body[labelBody], error) {
			l, err := s.desk.Correct(ctx, actorOf(ctx), desk.Objection{Question: in.Body.Question, Entry: in.Body.Entry})
			return respond(newLabel(l), err)
		})
	register(s, staffOp("decide-label", http.MethodPost, "/labels/{id}/decision", "Confirm or reject; only what is confirmed teaches", http.StatusOK, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *decideInput) (*body[labelBody], error) {
			l, err := s.desk.DecideLabel(ctx, actorOf(ctx), in.ID, desk.LabelDecision{Version: in.Body.Version, State: in.Body.State, Entries: in.Body.Entries})
			return respond(newLabel(l), err)
		})
	register(s, staffOp("answer-figures", http.MethodGet, "/answers", "What became of questions, by week and category", http.StatusOK),
		func(ctx context.Context, in *weeksInput) (*body[weeksBody], error) {
			weeks, err := s.desk.Figures(ctx, actorOf(ctx), in.Weeks)
			return respond(weeksBody{Weeks: list(weeks, newWeek)}, err)
		})
	register(s, staffOp("answer-table", http.MethodGet, "/answers/table.csv", "The same of a year, for spreadsheets", http.StatusOK),
		func(ctx context.Context, _ *nothing) (*tableFile, error) {
			weeks, err := s.desk.Figures(ctx, actorOf(ctx), desk.MostWeeks)
			if err != nil {
				return nil, err
			}
			return newTableFile("answers", answersTable(weeks))
		})
}

func answersTable(weeks []desk.Week) [][]string {
	rows := [][]string{{"周", "从", "到", "已结束", "类别", "问题", "回答", "反问", "选中", "都不是", "没有答案", "其他", "有用", "没用", "一般", "更正"}}
	for i := range weeks {
		w := &weeks[i]
		for _, f := range w.Categories {
			row := []string{w.Name, w.From, w.To, yesOrNo(w.Final), cmp.Or(f.Category, "没有归类")}
			for _, n := range []int64{f.Asked, f.Answered, f.Clarified, f.Resolved, f.Refused, f.None, f.Gated, f.Liked, f.Disliked, f.Neutral, f.Corrected} {
				row = append(row, strconv.FormatInt(n, 10))
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func (s *Server) labels(ctx context.Context, in *labelsInput) (*body[labelsBody], error) {
	labels, err := s.desk.Labels(ctx, actorOf(ctx), desk.LabelFilter{State: in.State, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	counts, err := s.desk.LabelCounts(ctx, actorOf(ctx))
	return respond(labelsBody{Labels: list(labels, newLabel), Counts: counts}, err)
}
