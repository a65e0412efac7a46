package server

import (
	"context"
	"net/http"
	"strconv"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
)

type rulesBody struct {
	Routing   routingBody    `json:"routing"`
	Deadlines deadlinesBody  `json:"deadlines"`
	Signals   *watchlistBody `json:"signals,omitempty" doc:"missing: nothing is taken for a weak signal, or the caller sees none"`
	Gaps      *gapRulesBody  `json:"gaps,omitempty" doc:"missing: no questions are gathered"`
}

// RuleSource says where rules come from.
type RuleSource struct {
	Version string `json:"version"`
	Source  string `json:"source" doc:"what they rest on, in Chinese"`
	Change  string `json:"change" doc:"where they are changed, in Chinese"`
}

type routingBody struct {
	RuleSource

	Rules        []routeBody `json:"rules" nullable:"false" doc:"those that win first"`
	Catalogue    RuleSource  `json:"catalogue" doc:"of responsibilities; its rows are at …/catalogue"`
	Impartial    []string    `json:"impartial" nullable:"false" doc:"names of the units that look into complaints about others, the first that is not itself complained about"`
	AutoDispatch float64     `json:"auto_dispatch" doc:"probability from which a letter is dispatched without a person; 0: never"`
}

type routeBody struct {
	ID         string   `json:"id"`
	Priority   int      `json:"priority"`
	Kinds      []string `json:"kinds" nullable:"false" doc:"names; empty: all"`
	Categories []string `json:"categories" nullable:"false" doc:"names; with no words either: the kind and district alone decide"`
	Words      []string `json:"words" nullable:"false"`
	Districts  []string `json:"districts" nullable:"false" doc:"names; empty: all"`
	Unit       string   `json:"unit" doc:"name of where it leads"`
}

type deadlinesBody struct {
	RuleSource

	Hours    string       `json:"hours" doc:"of a working day; empty: none are named"`
	Quiet    string       `json:"quiet" doc:"when people are left alone; empty: never"`
	NextDay  bool         `json:"next_day" doc:"what comes after hours counts as received on the next working day"`
	Attempts int          `json:"attempts" doc:"calls that nobody answers, then the citizen counts as not to be reached"`
	Redos    int          `json:"redos" doc:"of one letter, then it is explained or for the leaders to decide"`
	Rules    []dueRule    `json:"rules" nullable:"false"`
	Ladders  []ladderBody `json:"ladders" nullable:"false"`
}

// dueRule is one rule of deadlines in words.
type dueRule struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Purpose   string   `json:"purpose" doc:"which wait it bounds, in Chinese"`
	Budget    string   `json:"budget" example:"5个工作日"`
	For       []string `json:"for" nullable:"false" doc:"kinds, channels and urgencies by name; empty: every letter"`
	Pauses    []string `json:"pauses" nullable:"false" doc:"what it may be paused for"`
	Extension string   `json:"extension,omitempty"`
	Basis     string   `json:"basis,omitempty"`
	Certainty string   `json:"certainty,omitempty" enum:"S,S2,M,D" doc:"S read in the source, S2 a secondary source, M to be checked, D our default"`
}

type ladderBody struct {
	ID    string     `json:"id"`
	Rules []string   `json:"rules" nullable:"false" doc:"names of the rules whose clocks climb it"`
	Rungs []rungBody `json:"rungs" nullable:"false"`
}

type rungBody struct {
	When   string `json:"when"`
	To     string `json:"to" doc:"who hears of it, in Chinese"`
	Urgent bool   `json:"urgent" doc:"at once, in the night too"`
}

type watchlistBody struct {
	RuleSource

	Notify  int             `json:"notify" doc:"minutes in which a major one is told"`
	Within  int             `json:"within" doc:"minutes in which it is acknowledged"`
	Ladder  []string        `json:"ladder" nullable:"false" doc:"posts that hear of it one after the other"`
	Repeat  string          `json:"repeat" doc:"from when on one person writes too often"`
	Group   string          `json:"group" doc:"from when on too many people write about one matter"`
	Entries []watchWordBody `json:"entries" nullable:"false"`
}

type watchWordBody struct {
	ID       string       `json:"id"`
	Category string       `json:"category" doc:"name"`
	Level    signal.Level `json:"level" enum:"general,major"`
	Words    []string     `json:"words" nullable:"false"`
	Examples []string     `json:"examples" nullable:"false" doc:"sentences it finds"`
	Others   []string     `json:"others" nullable:"false" doc:"sentences it does not find"`
}

type gapRulesBody struct {
	RuleSource

	Kinds  []string `json:"kinds" nullable:"false" doc:"of letters that count as questions, by name"`
	Times  int      `json:"times"`
	People int      `json:"people"`
	Days   int      `json:"days"`
	Due    string   `json:"due" example:"10个工作日"`
	Remind string   `json:"remind"`
	Again  int      `json:"again" doc:"what was declined opens again once it was asked so many times as often"`
}

// ruleRoutes are what the desk decides by.
func (s *Server) ruleRoutes() {
	const path = "/api/v1/staff/rules"
	register(s, operation{
		id: "rules", method: http.MethodGet, path: path, tag: "organisation", status: http.StatusOK, audience: staffOnly,
		summary: "What the desk decides by, in words: routing, deadlines, escalation, signals, questions to be answered",
	}, func(ctx context.Context, _ *nothing) (*body[rulesBody], error) {
		h, err := s.desk.HouseRules(actorOf(ctx))
		if err != nil {
			return nil, err
		}
		return respond(newRules(&h), nil)
	})
	register(s, operation{
		id: "try-rules", method: http.MethodPost, path: path + "/trial", tag: "organisation", status: http.StatusOK, audience: staffOnly,
		summary: "What would become of a letter; nothing of it is kept or counted",
	}, s.tryRules)
}

const shippedRules = "随程序提供；要改，请运维人员更换程序中的规则文件并更新版本"

func newRules(h *desk.HouseRules) rulesBody {
	b := rulesBody{Routing: newRouting(h), Deadlines: newDeadlines(h.Profile)}
	if w := h.Signs; w != nil {
		b.Signals = newWatchlist(w)
	}
	if g := h.Gaps; g != nil {
		b.Gaps = &gapRulesBody{
			RuleSource: RuleSource{Version: strconv.Itoa(g.Version), Source: "默认规则（二次解读）", Change: shippedRules},
			Kinds:      list(g.Letters, channel.Kind.Name), Times: g.Least.Times, People: g.Least.People, Days: g.Least.Days,
			Due: budgetText(g.Due), Remind: budgetText(g.Remind), Again: g.Again,
		}
	}
	return b
}

func newRouting(h *desk.HouseRules) routingBody {
	r := h.Router
	return routingBody{
		RuleSource: RuleSource{Version: strconv.Itoa(r.Version()), Source: "默认分派规则；涉及单位和人员的投诉依照回避规定", Change: shippedRules},
		Catalogue:  RuleSource{Version: strconv.Itoa(h.Catalogue.Number), Source: "派单目录：类别和地区对应的主办、会办单位", Change: "由运维人员用 jiesu catalogue import 导入新版本；现行的在“责任清单”里"},
		Impartial:  list(r.Impartial(), func(id string) string { return unitIn(r, id) }), AutoDispatch: h.AutoDispatch,
		Rules: list(r.Rules(), func(x assignment.Rule) routeBody {
			return routeBody{
				ID: x.ID, Priority: x.Priority, Kinds: list(x.Kinds, kindName), Categories: list(x.Categories, r.CategoryName), Words: list(x.Keywords, same[string]),
				Districts: list(x.Districts, func(code string) string { u, _ := r.Tree().BranchOf(code); return u.Name }), Unit: unitIn(r, x.Unit),
			}
		}),
	}
}

// unitIn is the name of where a rule leads.
func unitIn(r *assignment.Router, id string) string {
	if u, ok := r.Tree().ByID(id); ok {
		return u.Name
	}
	return "来信所在区县的分局"
}

func kindName(k string) string { return channel.Kind(k).Name() }

func newDeadlines(p *deadline.Profile) deadlinesBody {
	bounds := p.Bounds()
	return deadlinesBody{
		RuleSource: RuleSource{Version: strconv.Itoa(p.Version()), Source: p.Name(), Change: shippedRules + "；放假安排在“工作日历”里导入"},
		Hours:      p.WorkingHours(), Quiet: p.QuietHours(), NextDay: p.NextDay(), Attempts: bounds.Attempts, Redos: bounds.Redos,
		Rules: list(p.All(), newDueRule),
		Ladders: list(p.Ladders(), func(l deadline.Ladder) ladderBody {
			return ladderBody{ID: l.ID, Rules: list(l.Rules, same[string]), Rungs: list(l.Rungs, func(r deadline.Rung) rungBody {
				return rungBody{When: r.When, To: hears(r.To), Urgent: r.Urgent}
			})}
		}),
	}
}

func newDueRule(r deadline.Rule) dueRule {
	b := dueRule{
		ID: r.ID, Name: r.Name, Purpose: r.Purpose.Name(), Budget: budgetText(r.Budget), For: list(r.Kinds, kindName),
		Pauses: list(r.Pauses, deadline.PauseReason.Name), Basis: r.Basis, Certainty: r.Certainty,
	}
	for _, source := range r.Sources {
		b.For = append(b.For, channel.Source(source).Name())
	}
	for _, u := range r.Urgencies {
		b.For = append(b.For, channel.Urgency(u).Name())
	}
	for _, platform := range r.Origins {
		b.For = append(b.For, "平台 "+platform)
	}
	if e := r.Extension; e.Times > 0 {
		b.Extension = "最多" + strconv.Itoa(e.Times) + "次，每次最多" + budgetText(deadline.Budget{N: e.N, Unit: r.Budget.Unit})
	}
	return b
}

func budgetText(b deadline.Budget) string { return strconv.Itoa(b.N) + b.Unit.Name() }

// hears is who a step is for.
func hears(to string) string {
	switch to {
	case "handler":
		return "承办人"
	case "system":
		return "系统自动处理"
	}
	if name := postName(to); name != "" {
		return name
	}
	return "岗位 " + to
}

func newWatchlist(w *signal.Watchlist) *watchlistBody {
	count := func(n, days int, what string) string { return strconv.Itoa(days) + "天内" + strconv.Itoa(n) + what }
	return &watchlistBody{
		RuleSource: RuleSource{Version: w.Version, Source: "弱信号清单", Change: "由运维人员在配置 signals（JIESU_SIGNALS）里写明本局的清单文件；没有写明就用随程序提供的"},
		Notify:     int(w.Notify.Minutes()), Within: int(w.Within.Minutes()), Ladder: list(w.Ladder, hears),
		Repeat: count(w.Repeat.Letters, w.Repeat.Days, "件"), Group: count(w.Group.People, w.Group.Days, "人"),
		Entries: list(w.Rows(), func(r signal.Row) watchWordBody {
			c, _ := w.Category(r.Category)
			return watchWordBody{
				ID: r.ID, Category: c.Name, Level: r.Level, Words: list(r.Keys, same[string]), Examples: list(r.Examples, same[string]), Others: list(r.Others, same[string]),
			}
		}),
	}
}
