package desk_test

import (
	"strings"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

const otherCatalogue = "rows: [{category: traffic, lead: legal, co: [traffic]}]"

func TestANewCatalogueDecidesFromItsDate(t *testing.T) {
	t.Parallel()
	h := open(t)
	day := h.now().AddDate(0, 0, 7)
	_, err := h.ImportCatalogue(t.Context(), []byte(otherCatalogue), day)
	must(t, err)
	for name, c := range map[string]struct {
		text string
		day  time.Time
		code string
	}{
		"unknown unit":    {"rows: [{category: traffic, lead: mars}]", day.AddDate(0, 0, 1), "catalogue.unknown_unit"},
		"the same date":   {otherCatalogue, day, "catalogue.from"},
		"an earlier date": {otherCatalogue, day.AddDate(0, 0, -1), "catalogue.from"},
		"a past date":     {otherCatalogue, h.now().AddDate(0, 0, -1), "catalogue.past"},
	} {
		if _, err := h.ImportCatalogue(t.Context(), []byte(c.text), c.day); !problem.HasCode(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	must(t, h.LearnOrganisation(t.Context()))
	unit := func() (string, string) {
		l := letter()
		l.Kind = "help"
		receipt, err := h.Open(t.Context(), desk.Opening{Letter: l})
		must(t, err)
		v, err := h.Ticket(t.Context(), h.taskForce("tf"), receipt.Number)
		must(t, err)
		return v.Ticket.Lead, v.Events[0].Note
	}
	if got, note := unit(); got != "traffic" || !strings.HasPrefix(note, "派单目录第11条") {
		t.Errorf("before its date: %s, %s", got, note)
	}
	h.pass(7 * 24 * time.Hour)
	if got, note := unit(); got != "legal" || !strings.Contains(note, "派单目录第1条：类别“交管”；建议会办：交警支队") {
		t.Errorf("from its date on: %s, %s", got, note)
	}
	imports := 0
	for lane := range audit.Lanes {
		acts, err := h.store.AuditLane(t.Context(), lane)
		must(t, err)
		for _, a := range acts {
			if a.Action == "catalogue.import" {
				imports++
			}
		}
	}
	if imports != 1 {
		t.Errorf("%d imports in the audit trail, want the one that succeeded", imports)
	}
}

// account puts somebody into the house whom the directory knows.
func (h *house) account(t *testing.T, id, unit string, role access.Role) {
	t.Helper()
	must(t, h.store.ChangeUser(t.Context(), &access.Act{At: h.now(), By: "operator", User: id, Action: "user.add"}, func([]access.User) (access.User, error) {
		return access.User{ID: id, Login: id, Name: id, Unit: unit, UnitPath: h.Tree.Path(unit), Roles: []access.Role{role}, CreatedAt: h.now()}, nil
	}))
}

// rightsOf is what roles allow in the unit at path.
func rightsOf(roles []string, path string) desk.Actor {
	a := desk.Actor{Scope: path}
	for _, r := range roles {
		for _, m := range access.GrantOf(access.User{Roles: []access.Role{access.Role(r)}}).Moves {
			a.Moves = append(a.Moves, ticket.Move(m))
		}
	}
	return a
}

func TestWhomADeputyMergesForStandsInTheTrail(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.Rights = rightsOf
	h.account(t, "force", assignment.TaskForce, access.TaskForce)
	h.account(t, "aide", assignment.TaskForce, access.Handler)
	organiser := h.taskForce("force")
	organiser.Organises = true
	_, err := h.AddTerm(t.Context(), organiser, assignment.Term{
		Kind: assignment.Standing, User: "force", Deputy: "aide", From: h.now(), Until: h.now().Add(24 * time.Hour), Reason: "出差",
	})
	must(t, err)
	must(t, h.LearnOrganisation(t.Context()))
	first, second := begin(t, h, desk.Opening{Letter: letter()}), begin(t, h, desk.Opening{Letter: letter()})
	for _, s := range []*story{first, second} { // in the unit of both, so that the aide sees them
		s.do(s.force, desk.Command{Move: ticket.Dispatch, Unit: assignment.TaskForce})
	}
	v := second.do(h.handler("aide", assignment.TaskForce), desk.Command{Move: ticket.Merge, Into: first.receipt.Number})
	parent, err := h.Ticket(t.Context(), first.force, first.receipt.Number)
	must(t, err)
	for object, action := range map[string]string{v.Ticket.ID: "ticket.merge", parent.Ticket.ID: "ticket.join"} {
		if act := lastAct(t, h, "ticket/"+object, action); act.Actor != "aide" || act.Detail["for"] != "force" {
			t.Errorf("the trail does not name both: %+v", act)
		}
	}
}

func TestADeputyHearsAndDecidesWhileSomebodyIsAway(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.Rights = rightsOf
	h.account(t, "head", "traffic", access.Head)
	h.account(t, "handler", "traffic", access.Handler)
	h.account(t, "deputy", "traffic", access.Handler)
	organiser := h.taskForce("force")
	organiser.Organises = true
	_, err := h.AddTerm(t.Context(), organiser, assignment.Term{
		Kind: assignment.Standing, User: "head", Deputy: "deputy", From: h.now(), Until: h.now().Add(10 * 24 * time.Hour), Reason: "休假",
	})
	must(t, err)
	must(t, h.LearnOrganisation(t.Context()))
	s := begin(t, h, desk.Opening{Letter: letter()})
	s.toHandling()
	s.do(s.handler, desk.Command{Move: ticket.Draft, Text: "已修好。", Outcome: reply.Resolved})
	s.do(s.handler, desk.Command{Move: ticket.Submit})
	deputy := s.house.handler("deputy", "traffic")
	s.refused(s.house.handler("colleague", "traffic"), desk.Command{Move: ticket.Approve}, "ticket.denied")
	v := s.do(deputy, passes())
	if act := lastAct(t, h, "ticket/"+v.Ticket.ID, "ticket.vet"); act.Actor != "deputy" || act.Detail["for"] != "head" {
		t.Errorf("the trail does not name both: %+v", act)
	}
	h.pass(11 * 24 * time.Hour)
	s.refused(deputy, desk.Command{Move: ticket.SendBack}, "ticket.denied")
}

func TestAUnitWithoutPeopleIsNotSilent(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.account(t, "force", assignment.TaskForce, access.TaskForce)
	h.account(t, "director", "bureau", access.Leader)
	must(t, h.LearnOrganisation(t.Context()))
	s := begin(t, h, desk.Opening{Letter: letter()})
	s.do(s.force, desk.Command{Move: ticket.Dispatch, Unit: "traffic"}) // nobody has an account there
	h.work(t)
	told, err := h.Notifications(t.Context(), h.leader("director"), 10)
	must(t, err)
	if len(told) != 1 || told[0].Ticket != s.receipt.Number || !strings.Contains(told[0].Text, "代为接收") {
		t.Errorf("whoever stands above is told %+v", told)
	}
}

func TestTheCatalogueSaysWhoMayHelp(t *testing.T) {
	t.Parallel()
	h := open(t)
	l := letter()
	l.Kind, l.Category, l.District = channel.Help, "hukou", "east"
	s := begin(t, h, desk.Opening{Letter: l})
	co := func() []desk.UnitSuggestion {
		got, err := h.Suggestions(t.Context(), s.force, s.receipt.Number)
		must(t, err)
		return got.Co
	}
	if got := co(); len(got) != 1 || got[0].Unit != "patrol" || !strings.Contains(got[0].Reasons[0], "派单目录第1条") {
		t.Errorf("suggested to help: %+v", got)
	}
	s.do(s.force, desk.Command{Move: ticket.Dispatch, Unit: "branch-east", Co: []string{"patrol"}})
	if got := co(); len(got) != 0 {
		t.Errorf("whoever helps already is suggested: %+v", got)
	}
}
