package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
)

// sight is how much of a ticket a recipient may read.
type sight int

const (
	unseenSight sight = iota
	sealedSight       // that there is one
	wholeSight        // number, category, deadline, link
)

// digestEntry is one line as it is told.
type digestEntry struct{ what, about string }

// digestOf is what a recipient is told of lines; a notice that comes twice is told
// once. No word of a letter is in it, and no name or number of a person.
func (d *Desk) digestOf(ctx context.Context, r MergeReader, lines []DigestLine, sees func(*ticket.Ticket) sight) ([]digestEntry, error) {
	var numbers []string
	for _, l := range lines {
		if l.Ticket != "" {
			numbers = append(numbers, l.Ticket)
		}
	}
	tickets, err := r.TicketsByNumber(ctx, numbers)
	if err != nil {
		return nil, err
	}
	var told []digestEntry
	for _, l := range lines {
		e := digestEntry{what: noticeWhat(l.Kind)}
		if l.Ticket != "" {
			n := slices.IndexFunc(tickets, func(t ticket.Ticket) bool { return t.Number == l.Ticket })
			if n < 0 {
				continue
			}
			switch t := &tickets[n]; sees(t) {
			case unseenSight:
				continue
			case sealedSight:
				e = digestEntry{what: "有一件受限来信，请登录查看"}
			case wholeSight:
				e.about = d.digestLine(t)
			}
		}
		if !slices.Contains(told, e) {
			told = append(told, e)
		}
	}
	return told, nil
}

func (d *Desk) digestLine(t *ticket.Ticket) string {
	parts := []string{t.Number}
	for _, c := range d.Router.Catalogue() {
		if c.Code == t.Category {
			parts = append(parts, c.Name)
		}
	}
	if t.Status.Open() && !t.DueAt.IsZero() {
		parts = append(parts, deadline.Date(t.DueAt)+"到期")
	}
	if d.reach.Site != "" {
		parts = append(parts, d.reach.Site+"/console/tickets/"+t.Number)
	}
	return strings.Join(parts, " ")
}

// digestText puts entries of one kind together, within so many bytes.
func (d *Desk) digestText(told []digestEntry, most int) string {
	const room = 64 // for what is left out
	var kinds []string
	for _, e := range told {
		if !slices.Contains(kinds, e.what) {
			kinds = append(kinds, e.what)
		}
	}
	text := "【接诉】\n"
	left := 0
	add := func(line string) bool {
		if len(text)+len(line)+room > most {
			return false
		}
		text += line
		return true
	}
	for _, k := range kinds {
		fits := add(k + "\n")
		for _, e := range told {
			if e.what == k && (!fits || e.about != "" && !add("· "+e.about+"\n")) {
				left++
			}
		}
	}
	if left > 0 {
		text += fmt.Sprintf("另有%d件，请登录查看\n", left)
	}
	return text
}

// NoticeGroups are the first parts of kinds of notices that a robot may be for.
func NoticeGroups() []string {
	return []string{
		"ticket", "clock", "review", "library", "signal", "gap", "appeal", "callback", "consultation",
		"inbox", "delivery", "webhook", "order", "mailbox", "hotline", "selfcheck",
	}
}

// CheckRobots finds robots that no notice would reach.
func CheckRobots(tree *assignment.Tree, robots []GroupRobot) error {
	for _, r := range robots {
		if _, ok := tree.ByID(r.Unit); !ok {
			return fmt.Errorf("robot %s: no unit %q", r.Name, r.Unit)
		}
		for _, about := range r.About {
			if !slices.Contains(NoticeGroups(), about) {
				return fmt.Errorf("robot %s: no notices about %q (known: %s)", r.Name, about, strings.Join(NoticeGroups(), ", "))
			}
		}
	}
	return nil
}
