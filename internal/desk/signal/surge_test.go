package signal_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"jiesu/internal/desk/signal"
)

// town writes letters about everything: eight a day, of which some tell of a
// light that is out.
type town struct {
	watch  *signal.Surges
	all    []signal.Text
	at     time.Time
	sent   int
	raised []signal.Surge
}

func newTown() *town {
	return &town{watch: signal.NewSurges(42), all: letters(3000), at: time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)}
}

func (w *town) write(about *signal.Text, group string) {
	w.sent++
	w.raised = append(w.raised, w.watch.Watch(signal.Sighting{ID: fmt.Sprintf("%06d", w.sent), At: w.at, About: about, Group: group})...)
}

// days passes some days; each has this many letters about the light.
func (w *town) days(n, lights int) {
	for range n {
		for i := range 8 {
			w.write(&w.all[(w.sent+i)%len(w.all)], "")
		}
		for i := range lights {
			light := text(fmt.Sprintf("东门大街路口信号灯坏了第%d次来信", i))
			w.write(&light, "")
		}
		w.at = w.at.AddDate(0, 0, 1)
	}
}

func TestSurge(t *testing.T) {
	t.Parallel()
	w := newTown()
	w.days(90, 0)
	if len(w.raised) > 0 {
		t.Fatalf("nothing happened, and yet: %+v", w.raised)
	}
	w.days(4, 2)
	if len(w.raised) != 1 {
		t.Fatalf("a matter nobody wrote about before raised %d surges, want one", len(w.raised))
	}
	if s := w.raised[0]; len(s.Letters) < 4 || len(s.Letters) > 7 || s.Expected > 1 {
		t.Errorf("raised at %d letters of %.2f expected", len(s.Letters), s.Expected)
	}
	if w.days(10, 2); len(w.raised) != 1 {
		t.Errorf("the same surge was raised %d times", len(w.raised))
	}
}

func TestWhatIsAlwaysWrittenAboutIsNoSurge(t *testing.T) {
	t.Parallel()
	w := newTown()
	for range 26 {
		w.days(6, 0)
		w.days(1, 2) // every week
	}
	w.raised = nil // it was new once
	w.days(6, 0)
	if w.days(1, 2); len(w.raised) > 0 {
		t.Errorf("a steady matter raised %+v", w.raised)
	}
}

func TestGroupSurges(t *testing.T) {
	t.Parallel()
	w := newTown()
	for range 60 {
		for i := range 8 {
			w.write(&w.all[w.sent%len(w.all)], fmt.Sprintf("traffic/district-%d", i))
		}
		w.at = w.at.AddDate(0, 0, 1)
	}
	for range 14 {
		w.write(&w.all[w.sent%len(w.all)], "traffic/district-3")
	}
	if len(w.raised) != 1 || w.raised[0].Group != "traffic/district-3" {
		t.Fatalf("fifteen letters of a district in one day raised %+v", w.raised)
	}
	w.watch.Forget(w.at.AddDate(3, 0, 0))
	if again := w.watch.Watch(signal.Sighting{ID: "000001", At: w.at.AddDate(3, 0, 0), About: &w.all[0], Group: "traffic/district-3"}); len(again) > 0 {
		t.Errorf("three years later one letter raised %+v", again)
	}
}

func TestLettersOutOfOrderChangeNothing(t *testing.T) {
	t.Parallel()
	w := newTown()
	w.days(30, 0)
	light := text("东门大街路口信号灯坏了")
	for i := range 20 {
		if got := w.watch.Watch(signal.Sighting{ID: fmt.Sprint("late", i), At: w.at.AddDate(0, 0, -9), About: &light}); len(got) > 0 {
			t.Fatalf("letters of last week raised %+v", got)
		}
	}
}

// BenchmarkWatch watches one more letter after a hundred thousand.
func BenchmarkWatch(b *testing.B) {
	watch := signal.NewSurges(42)
	all := letters(100_000)
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range all {
		about := signal.Text{Telling: all[i].Telling[:20]}
		watch.Watch(signal.Sighting{ID: fmt.Sprintf("%036d", i), At: at.Add(time.Duration(i) * 5 * time.Minute), About: &about, Group: strconv.Itoa(i % 80)})
	}
	end := at.Add(100_000 * 5 * time.Minute)
	for i := 0; b.Loop(); i++ {
		about := signal.Text{Telling: all[i%len(all)].Telling[:20]}
		watch.Watch(signal.Sighting{ID: fmt.Sprint("new", i), At: end.Add(time.Duration(i) * time.Minute), About: &about, Group: strconv.Itoa(i % 80)})
	}
}
