package channel_test

import (
	"bytes"
	"encoding/csv"
	"reflect"
	"testing"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

func line(id, number string) channel.Listing {
	return channel.Listing{ID: id, Hotline: channel.Hotline{Number: number, Name: "反诈专线", Use: "咨询", Scope: "local", Group: "police", Certainty: "C"}}
}

func change(from int, state channel.ChangeState, lines ...channel.Listing) channel.HotlineChange {
	return channel.HotlineChange{ID: "c", Lines: lines, From: day(from), Reason: "换号", State: state, DecidedAt: day(from - 1)}
}

func day(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }

// TestTheDirectoryOnADay: whoever asks which number was right on a day is told
// what was in force then, whatever came later.
func TestTheDirectoryOnADay(t *testing.T) {
	t.Parallel()
	shipped := []channel.Hotline{{Number: "110", Name: "报警"}, {Category: "gang", Name: "涉黑"}}
	gang, closed := line("report-gang", "0755-110000"), line("x", "1234")
	gang.Category, closed.Closed = "gang", true
	again := gang
	again.Number = "0755-110001"
	d := channel.NewDirectory(shipped, []channel.HotlineChange{
		change(20, channel.ChangeApproved, closed),
		change(10, channel.ChangeApproved, gang, line("x", "1234")),
		change(10, channel.ChangeRefused, line("110", "999")),
		change(12, channel.ChangeProposed, line("110", "999")),
		change(15, channel.ChangeApproved, again),
	})
	for n, want := range map[int][]string{9: {"110", ""}, 10: {"110", "0755-110000", "1234"}, 15: {"110", "0755-110001", "1234"}, 20: {"110", "0755-110001"}} {
		var got []string
		for _, l := range d.On(day(n)) {
			got = append(got, l.Number)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("on the %dth: %q, want %q", n, got, want)
		}
	}
	terms := d.History("report-gang")
	if len(terms) != 3 || !terms[0].Until.Equal(day(10)) || terms[1].Number != "0755-110000" || !terms[1].Until.Equal(day(15)) || !terms[2].Until.IsZero() {
		t.Errorf("its history is %+v", terms)
	}
	if gone := d.History("x"); len(gone) != 2 || !gone[0].Until.Equal(day(20)) || !gone[1].Closed {
		t.Errorf("what was closed: %+v", gone)
	}
}

func TestLinesOfTheDirectory(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit    func(*channel.Listing)
		pointer string // empty: acceptable
	}{
		"as it should be":          {func(*channel.Listing) {}, ""},
		"three digits":             {func(l *channel.Listing) { l.Number = "110" }, ""},
		"no number yet":            {func(l *channel.Listing) { l.Number, l.Category = "", "drugs" }, ""},
		"no number, no category":   {func(l *channel.Listing) { l.Number = "" }, "/number"},
		"letters":                  {func(l *channel.Listing) { l.Number = "110a" }, "/number"},
		"a script":                 {func(l *channel.Listing) { l.Number = "javascript:" }, "/number"},
		"no name":                  {func(l *channel.Listing) { l.Name = " " }, "/name"},
		"unknown group":            {func(l *channel.Listing) { l.Group = "else" }, "/group"},
		"a report category closed": {func(l *channel.Listing) { l.Category, l.Closed = "drugs", true }, "/closed"},
	} {
		l := line("x", "0755-1234567")
		c.edit(&l)
		err := l.Check()
		if c.pointer == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		e := asProblem(t, err)
		if e.Code != "hotline.invalid" || len(e.Fields) != 1 || e.Fields[0].Pointer != c.pointer {
			t.Errorf("%s: %v %+v", name, err, e.Fields)
		}
	}
}

// TestADirectoryComesBackFromItsFiles: what was exported is read as it was.
func TestADirectoryComesBackFromItsFiles(t *testing.T) {
	t.Parallel()
	lines := []channel.Listing{line("a", "+86-10-12308"), line("b", "0755-1")}
	lines[1].Hours, lines[1].Unit, lines[1].Number, lines[1].Closed = "工作日9:00—17:00", "traffic", "07551234", true
	asYAML, err := channel.ListingYAML(lines)
	if err != nil {
		t.Fatal(err)
	}
	var table bytes.Buffer
	rows := channel.ListingTable(lines)
	rows[1][1] = "'" + rows[1][1] // as spreadsheets are given it
	if err := csv.NewWriter(&table).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{"yaml": asYAML, "csv": table.Bytes(), "csv with a mark": append([]byte("\xEF\xBB\xBF"), table.Bytes()...)} {
		got, err := channel.ParseListings(file)
		if err != nil || !reflect.DeepEqual(got, lines) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for name, file := range map[string]string{
		"nothing": "", "no list": "a: b", "unknown column": "id,number\n1,2\n", "ragged": "id,number,name\n\"1\n", "not UTF-8": "\xff\xfe",
		"unknown field": "- {id: a, telephone: 1}", "twice": string(asYAML) + string(asYAML), "a bad line": "- {id: a, number: '12', name: 甲, use: 乙, group: police}",
	} {
		if _, err := channel.ParseListings([]byte(file)); !problem.HasCode(err, "hotline.file") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func asProblem(t *testing.T, err error) *problem.Error {
	t.Helper()
	e, ok := err.(*problem.Error) //nolint:errorlint // as the room returns it
	if !ok {
		t.Fatalf("%v is no problem", err)
	}
	return e
}

// FuzzParseListings: whatever is uploaded is read or refused, and what is read
// passes the check of every line.
func FuzzParseListings(f *testing.F) {
	f.Add([]byte("id,number,name,use,hours,unit,scope,group,category,certainty,note,closed\na,110,甲,乙,,,national,police,,A,,\n"))
	f.Add([]byte("- {id: a, number: '110', name: 甲, use: 乙, group: police}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, err := channel.ParseListings(data)
		if err != nil && !problem.HasCode(err, "hotline.file") {
			t.Fatal(err)
		}
		for _, l := range lines {
			if err := l.Check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
