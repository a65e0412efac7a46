package store_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/report"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/store"
)

// BenchmarkReport reads the report of a month in which very many tickets lived,
// from what was kept when the month was closed, and demands that counting their
// steps again gives the same. JIESU_BENCH_TICKETS says how many there are; the
// full measure is 1000000.
func BenchmarkReport(b *testing.B) {
	count := 20_000
	if n, err := strconv.Atoi(os.Getenv("JIESU_BENCH_TICKETS")); err == nil && n > 0 {
		count = n
	} else {
		b.Logf("MEASURED WITH %d TICKETS: JIESU_BENCH_TICKETS=1000000 is the full measure", count)
	}
	form, err := report.LoadForm()
	if err != nil {
		b.Fatal(err)
	}
	databases(b, func(b *testing.B, fresh func(*testing.B) string) {
		b.Helper()
		url := fresh(b)
		s := open(b, url)
		manyLives(b, s, url, count)
		from, until, err := deadline.ParseMonth("2027-05")
		if err != nil {
			b.Fatal(err)
		}
		begin := time.Now()
		counted, err := s.CountCells(b.Context(), from, until)
		if err != nil {
			b.Fatal(err)
		}
		scope := desk.TopicScope{From: from, Until: until, Known: until}
		pairs, err := s.TopicPairs(b.Context(), scope, 0.7)
		if err != nil {
			b.Fatal(err)
		}
		counted = append(counted, form.Topics.Cells(pairs)...)
		recount := time.Since(begin)
		begin = time.Now()
		if err := s.InTx(b.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.InsertCells(ctx, "2027-05", counted) }); err != nil {
			b.Fatal(err)
		}
		closing := time.Since(begin)
		var took []time.Duration
		var kept []report.Cell
		for b.Loop() {
			begin := time.Now()
			if kept, err = s.ReportCells(b.Context(), "2027-05"); err != nil {
				b.Fatal(err)
			}
			report.Figures(form.Figures, kept)
			for _, c := range kept {
				if c.Step != report.Topic {
					continue
				}
				if ids, err := s.TopicTickets(b.Context(), c.Code, scope, 0.7); err != nil || int64(len(ids)) != c.N {
					b.Fatalf("a topic of %d letters has %d: %v", c.N, len(ids), err)
				}
			}
			took = append(took, time.Since(begin))
		}
		received := form.Figure("received").Of(kept).Value
		if report.Digest(kept) != report.Digest(counted) || received < int64(count)/2 {
			b.Fatalf("%d tickets came in; kept %d cells, counted %d again", received, len(kept), len(counted))
		}
		slices.Sort(took)
		b.ReportMetric(took[len(took)/2].Seconds()*1000, "ms-p50")
		b.ReportMetric(took[len(took)-1].Seconds()*1000, "ms-worst")
		b.ReportMetric(closing.Seconds(), "s-to-close")
		b.ReportMetric(recount.Seconds(), "s-to-recount")
		b.ReportMetric(float64(len(kept)), "cells")
		b.ReportMetric(float64(len(pairs)), "links")
		b.ReportMetric(float64(received), "received")
	})
}

// manyLives makes up some thousand tickets and copies them with their counted
// steps, all of them into one month.
func manyLives(b *testing.B, s *store.Store, url string, count int) {
	b.Helper()
	const few = 5000
	makeUp(b, s, min(few, count))
	copies := max(1, count/few)
	into := func(column string) string {
		return fmt.Sprintf("%d + %s %% CAST(2592000000000 AS BIGINT)", time.Date(2027, 5, 1, 0, 0, 0, 0, deadline.Beijing()).UnixMicro(), column)
	}
	copied := func(table, tail string, postgres bool, changed map[string]string) string {
		var to, from []string
		for _, c := range columnsOf(b, url, table) {
			to = append(to, c)
			if expr, ok := changed[c]; ok {
				c = expr
			}
			from = append(from, c)
		}
		return "INSERT INTO " + table + " (" + strings.Join(to, ", ") + ") SELECT " + strings.Join(from, ", ") + " FROM " + numbers(postgres, copies) + " AS many, " + table + " " + tail
	}
	const id, of = "id || '-' || n", "ticket_id || '-' || n"
	runRaw(b, url, func(postgres bool) []string {
		texts := []string{
			copied("letter", "", postgres, map[string]string{"id": id}),
			copied("ticket", "", postgres, map[string]string{"id": id, "number": "number || '-' || n", "letter_id": "letter_id || '-' || n", "origin_id": "origin_id || '-' || n", "created_at": into("created_at")}),
			// six letters in a row are about the same matter
			fmt.Sprintf("INSERT INTO ticket_link (from_id, to_id, kind, probability, made_by, at) SELECT a.id || '-' || (n + 1), a.id || '-' || n, 'similar', 0.8, 'system', 0 FROM %s AS many, ticket AS a WHERE n < %d AND n %% 6 <> 0 AND length(a.id) = 36",
				numbers(postgres, copies), copies),
			copied("event", "WHERE move IN ('open', 'dispatch', 'release', 'decline', 'return', 'redo', 'rate')", postgres, map[string]string{"id": id, "ticket_id": of, "at": into("at"), "sealed_note": "NULL", "sealed_public": "NULL"}),
			copied("clock", "WHERE purpose = 'answer' AND met_at IS NOT NULL", postgres, map[string]string{"id": id, "ticket_id": of, "met_at": into("met_at"), "explain": "'[]'", "steps": "'[]'"}),
			copied("draft", "WHERE released_at IS NOT NULL", postgres, map[string]string{"id": id, "ticket_id": of, "released_at": into("released_at")}),
		}
		if postgres {
			texts = append(texts, "ANALYZE")
		}
		return texts
	})
}

// numbers is a table of the numbers up to n.
func numbers(postgres bool, n int) string {
	if postgres {
		return fmt.Sprintf("(SELECT generate_series(1, %d) AS n)", n)
	}
	return fmt.Sprintf("(WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %d) SELECT n FROM c)", n)
}
