package signal_test

import (
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk/signal"
	"jiesu/internal/problem"
)

// TestALetterIsReadForSignals: what is found is named by row, major first, with a
// passage as it was written; full-width letters and other sentences do not hide it.
func TestALetterIsReadForSignals(t *testing.T) {
	t.Parallel()
	w, err := signal.LoadWatchlist()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"小区消防通道长期被占用。２００多名业主说周六到区政府静坐！": "crowd-gathering safety-fire-risk",
		"身份证丢了怎么补办？":         "",
		"参加游行违法吗？广场舞人群聚集扰民。": "",
	} {
		var got []string
		for _, h := range w.Read(text) {
			got = append(got, h.Row)
			if !strings.Contains(text, h.Passage) {
				t.Errorf("passage %q is not in %q", h.Passage, text)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: found %v, want %q", text, got, want)
		}
	}
	if hits := (*signal.Watchlist)(nil).Read("几百人聚集"); hits != nil {
		t.Errorf("no list finds %v", hits)
	}
}

// TestABrokenWatchlistIsRefusedWhole names the row and what is wrong with it.
func TestABrokenWatchlistIsRefusedWhole(t *testing.T) {
	t.Parallel()
	const head = "version: v1\nnotify: 30\nacknowledge: {within: 120, ladder: [head, leader]}\n" +
		"repeat: {category: a, level: general, letters: 3, days: 30}\ngroup: {category: a, level: general, people: 3, days: 7}\nsurge: {category: a, level: general}\n" +
		"categories:\n  - {id: a, name: 甲}\nrows:\n"
	good := "  - {id: one, category: a, level: major, keys: [聚集], pattern: '人聚集'}\n"
	if _, err := signal.ParseWatchlist([]byte(head + good)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ list, says string }{
		"a broken pattern":  {head + good + "  - {id: two, category: a, level: major, keys: [乱], pattern: '乱(('}\n", "row 2 (two): pattern: error parsing regexp"},
		"a broken not":      {head + "  - {id: two, category: a, level: major, keys: [乱], pattern: 乱, not: '['}\n", "row 1 (two): not: error parsing regexp"},
		"an empty pattern":  {head + "  - {id: two, category: a, level: major, keys: [乱]}\n", "row 1 (two): id, keys and pattern are needed"},
		"fits everything":   {head + "  - {id: two, category: a, level: major, keys: [乱], pattern: '乱*'}\n", "fits every text"},
		"an id twice":       {head + good + good, "row 2 (one): the id is there twice"},
		"no such level":     {head + "  - {id: two, category: a, level: grave, keys: [乱], pattern: 乱}\n", `row 1 (two): no level "grave"`},
		"no such category":  {head + "  - {id: two, category: b, level: major, keys: [乱], pattern: 乱}\n", `row 1 (two): no category "b"`},
		"an example missed": {head + "  - {id: two, category: a, level: major, keys: [乱], pattern: 乱来, examples: [不乱]}\n", `example "不乱" is not found`},
		"another found":     {head + "  - {id: two, category: a, level: major, keys: [乱], pattern: 乱, others: [乱]}\n", `"乱" is found and should not be`},
		"an unknown field":  {head + "  - {id: two, category: a, level: major, keys: [乱], pattern: 乱, weight: 3}\n", "weight"},
		"nobody on ladder":  {strings.Replace(head, "[head, leader]", "[mayor]", 1) + good, "acknowledge.ladder"},
		"one letter":        {strings.Replace(head, "letters: 3", "letters: 1", 1) + good, "repeat and group"},
		"no version":        {strings.Replace(head, "v1", "''", 1) + good, "no version"},
	} {
		if _, err := signal.ParseWatchlist([]byte(c.list)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q in it", name, err, c.says)
		}
	}
}

// TestASignalsWay: what is refused, in which state, and that a refusal changes
// nothing.
func TestASignalsWay(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 6, 8, 1, 30, 0, 0, time.UTC)
	s := signal.Signal{ID: "s", Level: signal.Major, State: signal.Open, Version: 1}
	s.Tell(0, "traffic", "head", at, time.Hour)
	s.Tell(1, "bureau", "leader", at, time.Hour)
	do := func(c signal.Command, code string) {
		t.Helper()
		before := s
		c.By, c.At = "u1", at
		err := s.Apply(c)
		if code == "" && err != nil || code != "" && !problem.HasCode(err, code) {
			t.Fatalf("%s: %v, want %q", c.Move, err, code)
		}
		if code != "" && (s.State != before.State || s.Version != before.Version || len(s.Ledger) != len(before.Ledger)) {
			t.Fatalf("%s was refused and changed the signal", c.Move)
		}
	}
	for _, m := range []signal.Move{signal.Respond, signal.Release, signal.Close} {
		do(signal.Command{Move: m, Words: "说明"}, "signal.state")
	}
	do(signal.Command{Move: signal.Acknowledge, Mine: func(signal.Told) bool { return false }}, "signal.not_told")
	do(signal.Command{Move: signal.Acknowledge, Mine: func(to signal.Told) bool { return to.To == "head" }}, "")
	if _, waits := s.Unacknowledged(0); waits {
		t.Error("the head has acknowledged it, and is waited for")
	}
	if last, waits := s.Unacknowledged(1); !waits || last.To != "leader" {
		t.Error("the leader has not, and is not waited for")
	}
	do(signal.Command{Move: signal.Assess, Level: signal.Major}, "signal.words")
	do(signal.Command{Move: signal.Assess, Level: signal.Major, Words: "属实可能性大"}, "")
	do(signal.Command{Move: signal.Close, Words: "说明", Disposition: signal.Merged}, "signal.disposition")
	do(signal.Command{Move: signal.Close, Words: "说明", Disposition: signal.Confirmed}, "signal.unanswered")
	do(signal.Command{Move: signal.Respond, Response: "t1"}, "")
	do(signal.Command{Move: signal.Release, Published: signal.Published{At: at, Channel: signal.Press, By: "u1"}}, "")
	do(signal.Command{Move: signal.Close, Words: "已平息", Disposition: signal.Confirmed}, "")
	do(signal.Command{Move: signal.Assess, Words: "再看"}, "signal.state")
	if len(s.Ledger) != 5 || s.Version != 6 {
		t.Errorf("%d acts, version %d", len(s.Ledger), s.Version)
	}
}
