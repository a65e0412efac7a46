package deadline

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Ladder is who hears of a clock around its date, in words.
type Ladder struct {
	ID    string
	Rules []string // names of the rules whose clocks climb it
	Rungs []Rung
}

// Rung is one step of a ladder.
type Rung struct {
	Name   string
	To     string // role, post:<id>, or system
	When   string // Chinese
	Urgent bool   // told at once, in the night too
}

// All returns every rule, in the order of the file.
func (p *Profile) All() []Rule { return slices.Clone(p.rules) }

// Ladders returns every ladder that a rule climbs.
func (p *Profile) Ladders() []Ladder {
	var all []Ladder
	for _, id := range slices.Sorted(maps.Keys(p.ladders)) {
		l := Ladder{ID: id}
		for i := range p.rules {
			if p.rules[i].ladder() == id {
				l.Rules = append(l.Rules, p.rules[i].Name)
			}
		}
		for _, r := range p.ladders[id] {
			l.Rungs = append(l.Rungs, Rung{Name: r.Name, To: r.To, When: r.when(), Urgent: r.Urgent})
		}
		if len(l.Rules) > 0 {
			all = append(all, l)
		}
	}
	return all
}

// when is how the place of a step reads.
func (r *rung) when() string {
	var when string
	switch {
	case r.Hour < 0:
		when = fmt.Sprintf("到期前%d小时", -r.Hour)
	case r.Hour > 0:
		when = fmt.Sprintf("到期后%d小时", r.Hour)
	case r.Share > 0:
		when = fmt.Sprintf("期限过去%.0f%%时", r.Share*100)
	case r.Day < 0:
		when = fmt.Sprintf("到期前%d个工作日%s", -r.Day, r.Time)
	case r.Day > 0:
		when = fmt.Sprintf("到期后%d个工作日%s", r.Day, r.Time)
	default:
		when = "到期时"
	}
	if r.Every > 0 {
		when += fmt.Sprintf("，以后每%d个工作日一次", r.Every)
	}
	return when
}

// WorkingHours are the hours of a working day, in words; empty: none are named.
func (p *Profile) WorkingHours() string {
	var parts []string
	for _, i := range p.hours {
		parts = append(parts, i.text())
	}
	return strings.Join(parts, "、")
}

// QuietHours are when people are left alone; empty: never.
func (p *Profile) QuietHours() string {
	if p.quiet.from == p.quiet.to {
		return ""
	}
	return p.quiet.text()
}

// NextDay reports whether what comes after hours counts as received on the next
// working day.
func (p *Profile) NextDay() bool { return p.late }

func (i interval) text() string {
	clock := func(d time.Duration) string { return fmt.Sprintf("%02d:%02d", d/time.Hour, d%time.Hour/time.Minute) }
	return clock(i.from) + "—" + clock(i.to)
}
