package ticket_test

import (
	"strings"
	"testing"

	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
)

// BenchmarkOpening is what the rules add to storing a letter: the unit and the
// date, with its explanation and ladder.
func BenchmarkOpening(b *testing.B) {
	cal, err := deadline.LoadCalendar()
	if err != nil {
		b.Fatal(err)
	}
	p, err := deadline.LoadProfile()
	if err != nil {
		b.Fatal(err)
	}
	r, err := assignment.LoadRouter()
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("半夜楼下烧烤摊噪音扰民，多次向城东分局反映，一直没有人来处理。", 10)
	b.Run("deadline", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.Start(cal, deadline.Matter{Kind: "complaint", Source: "web"}, at()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("deadline/60 days", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.Start(cal, deadline.Matter{Kind: "report", Source: "web"}, at()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("route", func(b *testing.B) {
		for b.Loop() {
			r.Route(assignment.Request{Kind: "complaint", District: "east", Text: text})
		}
	})
}
