package store_test

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/demo"
	"jiesu/internal/desk/gap"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/store"
)

// BenchmarkTicketList reads pages of the inbox as those at work ask for them,
// over made-up tickets of two years. JIESU_BENCH_TICKETS says how many there
// are; the full measure is 1000000.
func BenchmarkTicketList(b *testing.B) {
	count := 20_000
	if n, err := strconv.Atoi(os.Getenv("JIESU_BENCH_TICKETS")); err == nil && n > 0 {
		count = n
	} else {
		b.Logf("MEASURED WITH %d TICKETS: JIESU_BENCH_TICKETS=1000000 is the full measure", count)
	}
	databases(b, func(b *testing.B, fresh func(*testing.B) string) {
		b.Helper()
		url := fresh(b)
		s := open(b, url)
		manyTickets(b, s, url, count)
		b.Run("waiting", func(b *testing.B) { benchWaiting(b, s) })
		for _, c := range pages(b, s) {
			b.Run(c.name, func(b *testing.B) {
				var took []time.Duration
				found := 0
				for b.Loop() {
					begin := time.Now()
					page, err := s.Tickets(b.Context(), c.filter)
					took = append(took, time.Since(begin))
					if found = len(page.Tickets); err != nil || found == 0 && !c.none {
						b.Fatal(found, err)
					}
				}
				slices.Sort(took)
				at := func(share float64) float64 { return took[int(share*float64(len(took)-1))].Seconds() * 1000 }
				b.ReportMetric(at(0.5), "ms-p50")
				b.ReportMetric(at(0.99), "ms-p99")
				b.ReportMetric(float64(found), "found")
			})
		}
	})
}

// benchWaiting counts the lists beside an inbox of the whole bureau.
func benchWaiting(b *testing.B, s *store.Store) {
	b.Helper()
	force := desk.Filter{Unit: "mailbox", Viewer: "u1", Reports: true}
	lists := make([]desk.Filter, 8)
	for i := range lists {
		lists[i] = force
		lists[i].At = made()
	}
	lists[0].Holder, lists[1].Lead, lists[2].Co, lists[3].Untaken, lists[4].Supervised = "u1", "mailbox", true, true, true
	lists[5].Aspect, lists[6].Aspect, lists[7].Aspect = desk.DueToday, desk.PastDue, desk.StillOpen
	for b.Loop() {
		if _, err := s.Waiting(b.Context(), desk.Waiting{Tickets: lists, Callbacks: &force, Gaps: &desk.GapFilter{State: gap.Open}}); err != nil {
			b.Fatal(err)
		}
	}
}

// onePage is a page somebody asks for.
type onePage struct {
	name   string
	filter desk.Filter
	none   bool // finding nothing is right
}

func pages(b *testing.B, s *store.Store) []onePage {
	b.Helper()
	force := desk.Filter{Unit: "mailbox", Viewer: "u1", Reports: true, Limit: 20}
	with := func(f desk.Filter, change func(*desk.Filter)) desk.Filter { change(&f); return f }
	branch := desk.Filter{Scope: "bureau/branch-east", Unit: "branch-east", Viewer: "u2", Limit: 20}
	station := desk.Filter{Scope: "bureau/branch-east/station-east-1", Unit: "station-east-1", Viewer: "u3", Limit: 20}
	first, err := s.Tickets(b.Context(), with(force, func(f *desk.Filter) { f.Limit = 100 }))
	if err != nil || first.Next == "" {
		b.Fatal(len(first.Tickets), err)
	}
	open := []ticket.Status{ticket.Received, ticket.Accepted, ticket.Dispatched, ticket.Handling, ticket.Reviewing, ticket.Supplement}
	return []onePage{
		{name: "whole-bureau", filter: force},
		{name: "leader", filter: desk.Filter{Unit: "bureau", Viewer: "u4", Limit: 20}},
		{name: "second-page", filter: with(force, func(f *desk.Filter) { f.Cursor = first.Next })},
		{name: "open", filter: with(force, func(f *desk.Filter) { f.Statuses = open })},
		{name: "overdue", filter: with(force, func(f *desk.Filter) { f.Overdue = made() })},
		{name: "supervised", filter: with(force, func(f *desk.Filter) { f.Supervised = true })},
		{name: "supervised-open", filter: with(force, func(f *desk.Filter) { f.Supervised, f.Statuses = true, open })},
		{name: "created", filter: with(force, func(f *desk.Filter) { f.Sort = desk.LastCreated })},
		{name: "created-open", filter: with(force, func(f *desk.Filter) { f.Sort, f.Statuses = desk.LastCreated, open })},
		{name: "updated-branch", filter: with(branch, func(f *desk.Filter) { f.Sort = desk.LastChanged })},
		{name: "channel", filter: with(force, func(f *desk.Filter) { f.Source = channel.Post })},
		{name: "category-open", filter: with(force, func(f *desk.Filter) { f.Category, f.Statuses = "noise", open }), none: true},
		{name: "unassigned", filter: with(force, func(f *desk.Filter) { f.Untaken = true })},
		{name: "kinds", filter: with(force, func(f *desk.Filter) { f.Kinds = []channel.Kind{channel.Petition, channel.Disclosure} })},
		{name: "status", filter: with(force, func(f *desk.Filter) { f.Statuses = []ticket.Status{ticket.Reviewing} })},
		{name: "branch", filter: branch},
		{name: "branch-overdue", filter: with(branch, func(f *desk.Filter) { f.Overdue = made() }), none: true},
		{name: "branch-kinds", filter: with(branch, func(f *desk.Filter) { f.Kinds = []channel.Kind{channel.SiteError, channel.Disclosure} }), none: true},
		{name: "station", filter: station},
		{name: "asked-for-opinion", filter: desk.Filter{Unit: "legal", Viewer: "u5", Co: true, Limit: 20}},
		{name: "own", filter: desk.Filter{Scope: "bureau/traffic", Unit: "traffic", Holder: "demo-traffic-handler-1", Viewer: "demo-traffic-handler-1", Limit: 20}},
		{name: "number", filter: with(force, func(f *desk.Filter) { f.Query = first.Tickets[50].Number })},
		{name: "words-many", filter: with(force, func(f *desk.Filter) { f.Query = "身份证" })},
		{name: "words-many-open", filter: with(force, func(f *desk.Filter) { f.Query, f.Statuses = "身份证", open })},
		{name: "words-some", filter: with(force, func(f *desk.Filter) { f.Query = "有关犬证的事" })},
		{name: "words-rare", filter: with(force, func(f *desk.Filter) { f.Query = "失而复得的奖杯" })},
		{name: "words-branch", filter: with(branch, func(f *desk.Filter) { f.Query = "噪音" })},
		{name: "words-none", filter: with(force, func(f *desk.Filter) { f.Query = "宇宙飞船" }), none: true},
	}
}

// made is when the tickets were made up.
func made() time.Time { return time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC) }

// manyTickets makes up some thousand tickets and copies them with their letters,
// each copy with numbers and dates of its own; one of them is about dogs, and some
// fifty tickets about a cup.
func manyTickets(b *testing.B, s *store.Store, url string, count int) {
	b.Helper()
	const few = 5000
	makeUp(b, s, min(few, count))
	copies := count/few - 1
	if copies < 1 {
		return
	}
	copied := func(table string, changed map[string]string, postgres bool) string {
		var to, from []string
		for _, c := range columnsOf(b, url, table) {
			to, from = append(to, c), append(from, c)
			if expr, ok := changed[c]; ok {
				from[len(from)-1] = expr
			}
		}
		numbers := fmt.Sprintf("(WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %d) SELECT n FROM c)", copies)
		if postgres {
			numbers = fmt.Sprintf("(SELECT generate_series(1, %d) AS n)", copies)
		}
		return "INSERT INTO " + table + " (" + strings.Join(to, ", ") + ") SELECT " + strings.Join(from, ", ") + " FROM " + numbers + " AS many, " + table
	}
	runRaw(b, url, func(postgres bool) []string {
		texts := []string{
			copied("letter", map[string]string{"id": "id || '-' || n"}, postgres),
			copied("ticket", map[string]string{
				"id": "id || '-' || n", "number": "number || '-' || n", "letter_id": "letter_id || '-' || n", "origin_id": "origin_id || '-' || n",
				"due_at": "due_at + CASE WHEN status = 'closed' THEN (n * 37 % 200 - 100) * CAST(28800000000 AS BIGINT) ELSE n * 37 % 1000 * CAST(60000000 AS BIGINT) END",
				"title":  "title || CASE WHEN n = 7 THEN '有关犬证的事' WHEN n = 3 AND number LIKE '%77' THEN '失而复得的奖杯' ELSE '' END || '（' || substr(number, 8) || '.' || n || '）'",
			}, postgres),
			copied("ticket_co", map[string]string{"ticket_id": "ticket_id || '-' || n"}, postgres),
		}
		if postgres { // does so by itself; SQLite never does
			texts = append(texts, "ANALYZE")
		}
		return texts
	})
	findTitles(b, s, url)
}

// findTitles makes every ticket be found by its title.
func findTitles(b *testing.B, s *store.Store, url string) {
	b.Helper()
	db, _ := rawSQL(b, url)
	rows, err := db.QueryContext(b.Context(), "SELECT id, title FROM ticket WHERE id LIKE '%-%-%-%-%-%'")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	all := map[string]string{}
	for rows.Next() {
		var id, title string
		if err := rows.Scan(&id, &title); err != nil {
			b.Fatal(err)
		}
		all[id] = title + "，请尽快派人到现场看一看，周围的居民已经反映了好几个星期。"
	}
	if err := errors.Join(rows.Err(), db.Close(), s.FindBy(b.Context(), made(), all)); err != nil {
		b.Fatal(err)
	}
}

func makeUp(b *testing.B, s *store.Store, count int) {
	b.Helper()
	router, err := assignment.LoadRouter()
	if err != nil {
		b.Fatal(err)
	}
	calendar, errCalendar := deadline.LoadCalendar()
	profile, errProfile := deadline.LoadProfile()
	chains, errChains := review.LoadRules()
	if errCalendar != nil || errProfile != nil || errChains != nil {
		b.Fatal(errCalendar, errProfile, errChains)
	}
	rights := func(roles []string, path string) desk.Actor {
		g := access.GrantOf(access.User{UnitPath: path, Roles: []access.Role{access.Role(roles[0])}})
		a := desk.Actor{Scope: g.Scope}
		for _, m := range g.Moves {
			a.Moves = append(a.Moves, ticket.Move(m))
		}
		return a
	}
	m, err := demo.New(desk.Parts{
		Store: s, Router: router, Tree: router.Tree(), Calendar: calendar, Profile: profile, Chains: chains, CodeKey: []byte("key"), Now: made,
		Log: slog.New(slog.DiscardHandler), Rights: rights,
	}, demo.Plan{Seed: 1, Count: count, Until: made()})
	if err != nil {
		b.Fatal(err)
	}
	for n := range m.Batches() {
		for try := 0; ; try++ {
			batch, err := m.Make(b.Context(), n, try)
			if err != nil {
				b.Fatal(err)
			}
			if err = m.Keep(b.Context(), batch); err == nil {
				break
			}
			if !demo.Again(err, try) {
				b.Fatal(err)
			}
		}
	}
}
