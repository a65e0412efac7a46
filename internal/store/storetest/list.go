package storetest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// testListOrder pages through tickets of every status, many due at once.
func testListOrder(k *kit) {
	var want []string
	statuses := ticket.Statuses()
	for i := range 25 {
		made := k.open(func(made *ticket.Ticket) {
			made.Status = statuses[i%len(statuses)]
			made.DueAt = noon().Add(time.Duration(i/5) * time.Hour)
		})
		want = append(want, made.ID)
	}
	var got []string
	f := desk.Filter{Limit: 4}
	for range 10 {
		page, err := k.Tickets(k.Context(), f)
		ok(k, err)
		for _, one := range page.Tickets {
			got = append(got, one.ID)
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			break
		}
	}
	same(k, "all tickets, due soonest first, each once", got, want)
}

func testListVisibility(k *kit) {
	status := ticket.Dispatched
	put := func(number, lead, path string, kind channel.Kind, avoid ...string) {
		k.open(func(made *ticket.Ticket) {
			made.Number, made.Lead, made.LeadPath, made.Kind, made.Avoid, made.Status = number, lead, path, kind, avoid, status
		})
	}
	put("1 mailbox", "mailbox", "bureau/mailbox", channel.Consult)
	put("2 branch", "branch", "bureau/branch", channel.Help)
	put("3 station", "station", "bureau/branch/station", channel.Help)
	put("4 neighbour", "branch-2", "bureau/branch-2", channel.Help)
	put("5 report", "station", "bureau/branch/station", channel.Report)
	put("6 against station", "branch", "bureau/branch", channel.Complaint, "station", "desk-1", "user:u1")
	put("7 against branch", "station", "bureau/branch/station", channel.Complaint, "branch")
	put("8 deep", "post", "bureau/branch/station/post", channel.Help)
	put("9 lookalike", "station-2", "bureau/branch/station-2", channel.Help)

	status = ticket.Received
	put("0 nobody has looked at yet", "branch", "bureau/branch", channel.Help)

	for name, c := range map[string]struct {
		filter desk.Filter
		want   []string
	}{
		"everything":       {desk.Filter{Reports: true}, []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "0"}},
		"task force":       {desk.Filter{Unit: "mailbox", Reports: true}, []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "0"}},
		"leader":           {desk.Filter{Unit: "bureau"}, []string{"1", "2", "3", "4", "6", "7", "8", "9", "0"}},
		"bureau by scope":  {desk.Filter{Scope: "bureau", Unit: "bureau"}, []string{"1", "2", "3", "4", "6", "7", "8", "9"}},
		"branch":           {desk.Filter{Scope: "bureau/branch", Unit: "branch"}, []string{"2", "3", "6", "8", "9"}},
		"station":          {desk.Filter{Scope: "bureau/branch/station", Unit: "station"}, []string{"3", "5", "7", "8"}},
		"post":             {desk.Filter{Scope: "bureau/branch/station/post", Unit: "post"}, []string{"8"}},
		"elsewhere":        {desk.Filter{Scope: "bureau/other", Unit: "other"}, nil},
		"whom it is about": {desk.Filter{Unit: "bureau", Viewer: "u1"}, []string{"1", "2", "3", "4", "7", "8", "9", "0"}},
		"like pattern":     {desk.Filter{Scope: "bureau/branc_", Unit: "%"}, nil},
	} {
		c.filter.Limit = 100
		page, err := k.Tickets(k.Context(), c.filter)
		ok(k, err)
		var got []string
		for _, one := range page.Tickets {
			got = append(got, one.Number[:1])
		}
		same(k, name, got, c.want)
	}
}

func testListFilters(k *kit) {
	put := func(number string, edit func(*ticket.Ticket)) {
		k.open(func(made *ticket.Ticket) {
			made.Number, made.Avoid = number, nil
			edit(made)
		})
	}
	put("J1", func(made *ticket.Ticket) { made.DueAt = noon().Add(-time.Hour) })
	put("J2", func(made *ticket.Ticket) { made.DueAt, made.Status = noon().Add(-time.Hour), ticket.Answered })
	put("J3", func(made *ticket.Ticket) { made.Kind, made.Title = channel.Praise, "表扬100%的民警" })
	put("J4", func(made *ticket.Ticket) {
		made.Status, made.Lead, made.Holder, made.Source, made.District = ticket.Handling, "branch", "", channel.Phone, "west"
	})
	put("J5", func(made *ticket.Ticket) { made.Title = "表扬1000次" })
	put("J6-4827", func(made *ticket.Ticket) { made.Title = "Passport 护照" })
	put("J7", func(made *ticket.Ticket) { made.Title, made.Kind = "举报", channel.Report })

	for name, c := range map[string]struct {
		filter desk.Filter
		want   []string
	}{
		"overdue":              {desk.Filter{Overdue: noon()}, []string{"J1"}},
		"status":               {desk.Filter{Statuses: []ticket.Status{ticket.Answered, ticket.Handling}}, []string{"J2", "J4"}},
		"unknown status":       {desk.Filter{Statuses: []ticket.Status{"x"}}, nil},
		"overdue and closed":   {desk.Filter{Overdue: noon(), Statuses: []ticket.Status{ticket.Closed}}, nil},
		"kind":                 {desk.Filter{Kinds: []channel.Kind{channel.Praise, channel.Help}}, []string{"J3"}},
		"asked for an opinion": {desk.Filter{Co: true, Unit: "station-2"}, []string{"J1", "J2", "J3", "J4", "J5", "J6-4827", "J7"}},
		"lead":                 {desk.Filter{Lead: "branch"}, []string{"J4"}},
		"words":                {desk.Filter{Query: "表扬"}, []string{"J3", "J5"}},
		"percent is no joker":  {desk.Filter{Query: "100%民"}, []string{"J3", "J5"}}, // candidates: whether they say so is for the desk to see
		"number":               {desk.Filter{Query: "j4"}, []string{"J4"}},
		"a group of a number":  {desk.Filter{Query: "4827"}, []string{"J6-4827"}},
		"words of a unit":      {desk.Filter{Query: "表扬", Scope: "bureau/mailbox", Unit: "mailbox"}, nil},
		"words in any case":    {desk.Filter{Query: "PASSport"}, []string{"J6-4827"}},
		"one character":        {desk.Filter{Query: "扬"}, []string{"J3", "J5"}},
		"several words":        {desk.Filter{Query: "民警 表扬"}, []string{"J3"}},
		"words of a letter":    {desk.Filter{Query: "夜里 十二点"}, []string{"J1", "J2", "J3", "J4", "J5", "J6-4827"}},
		"kinds of a status":    {desk.Filter{Kinds: []channel.Kind{channel.Praise, channel.Help}, Statuses: []ticket.Status{ticket.Received}}, []string{"J3"}},
		"four kinds":           {desk.Filter{Kinds: []channel.Kind{channel.Praise, channel.Help, channel.Petition, channel.Report}, Reports: true}, []string{"J3", "J7"}},
		"words of a report":    {desk.Filter{Query: "举报", Reports: true}, nil},
		"number of a report":   {desk.Filter{Query: "J7", Reports: true}, []string{"J7"}},
		"nothing found":        {desk.Filter{Query: "' UNION 1=1 --"}, nil},
		"taken by nobody":      {desk.Filter{Untaken: true}, []string{"J4"}},
		"due before":           {desk.Filter{DueBefore: noon(), Sort: desk.LastCreated}, []string{"J1", "J2"}},
		"due from":             {desk.Filter{DueFrom: noon().Add(-time.Hour), DueBefore: noon().Add(-30 * time.Minute), Category: "noise"}, []string{"J1", "J2"}},
		"channel and district": {desk.Filter{Source: channel.Phone, District: "west"}, []string{"J4"}},
	} {
		c.filter.Limit = 100
		page, err := k.Tickets(k.Context(), c.filter)
		ok(k, err)
		var got []string
		for _, one := range page.Tickets {
			got = append(got, one.Number)
		}
		slices.Sort(got)
		same(k, name, got, c.want)
		if c.filter.Query == "" {
			n, err := k.Waiting(k.Context(), desk.Waiting{Tickets: []desk.Filter{{Statuses: []ticket.Status{"x"}}, c.filter}})
			ok(k, err)
			same(k, name+", counted", n.Tickets, []int{0, len(c.want)})
		}
	}
}

func testListSorts(k *kit) {
	at := func(hour int) time.Time { return noon().Add(time.Duration(hour) * time.Hour) }
	for i, changed := range []int{3, 1, 2} { // as they are made
		k.open(func(made *ticket.Ticket) {
			made.Number, made.DueAt, made.UpdatedAt = strconv.Itoa(i), at(-i), at(changed)
		})
	}
	for sort, want := range map[desk.TicketSort]string{
		"": "210", desk.SoonestDue: "210", desk.LatestDue: "012", desk.LastCreated: "210", desk.LastChanged: "021",
	} {
		var got []string
		for f := (desk.Filter{Sort: sort, Limit: 2}); ; {
			page, err := k.Tickets(k.Context(), f)
			ok(k, err)
			for _, one := range page.Tickets {
				got = append(got, one.Number)
			}
			if f.Cursor = page.Next; f.Cursor == "" {
				break
			}
		}
		same(k, "sorted by "+string(sort), strings.Join(got, ""), want)
	}
}

func testListBadCursor(k *kit) {
	for _, cursor := range []string{"x", "!!", "MQ", "eC94", "' OR 1=1"} {
		_, err := k.Tickets(k.Context(), desk.Filter{Cursor: cursor, Limit: 10})
		wantCode(k, err, problem.Invalid, "tickets.cursor")
	}
}
