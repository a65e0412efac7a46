package signal_test

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk/signal"
)

// writer makes up letters of 80 to 400 characters: a title as people of the made-up
// city write them, and words as often as words of a language are used.
type writer struct {
	*city

	words []string
	zipf  *rand.Zipf
}

func newWriter(seed uint64) *writer {
	const words = 8000
	w := &writer{city: newCity(seed)}
	for range words {
		word := make([]rune, 2+w.r.IntN(2))
		for i := range word {
			word[i] = rune(0x4E00 + int(2500*w.r.Float64()*w.r.Float64()))
		}
		w.words = append(w.words, string(word))
	}
	w.zipf = rand.NewZipf(w.r, 1.05, 4, words-1)
	return w
}

func (w *writer) letter() (title, text string) {
	title = w.usual()
	said := []string{title + "，"}
	for length, most := 0, 60+w.r.IntN(320); length < most; {
		word := w.words[w.zipf.Uint64()]
		if w.r.IntN(7) == 0 {
			word += "，"
		}
		length += len([]rune(word))
		said = append(said, word)
	}
	return title, strings.Join(said, "")
}

// office is where letters pass: whose near duplicate one may be, how likely each of
// those means the same, and whether there is a surge.
type office struct {
	*writer

	at     time.Time
	model  *signal.Model
	index  *signal.Index
	surges *signal.Surges
	texts  []signal.Text
}

func newOffice(b *testing.B) *office {
	b.Helper()
	o := &office{writer: newWriter(1), index: signal.NewIndex(1), surges: signal.NewSurges(1), at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	back := make([]signal.Text, 2000)
	for i := range back {
		_, said := o.letter()
		back[i] = text(said)
	}
	var err error
	if o.model, err = signal.NewModel(signal.NewBackground(back)); err != nil {
		b.Fatal(err)
	}
	return o
}

// take lets a letter in.
func (o *office) take(title, said string, ask int) (compared int) {
	about, whole, id := text(title), text(said), strconv.Itoa(len(o.texts))
	if ask > 0 {
		read := o.model.Read(&whole)
		for _, n := range o.index.Near(id, &whole, ask) {
			other, _ := strconv.Atoi(n.ID)
			o.model.Same(read, o.model.Read(&o.texts[other]))
			compared++
		}
	}
	o.index.Add(id, o.at, &whole)
	o.surges.Watch(signal.Sighting{ID: id, At: o.at, About: &about, Whole: &whole, Group: strconv.Itoa(len(o.texts) % 80)})
	o.texts, o.at = append(o.texts, whole), o.at.Add(4*time.Minute)
	return compared
}

// BenchmarkPass lets one more letter pass after a hundred thousand others that are
// still open.
func BenchmarkPass(b *testing.B) {
	const open, ask = 100_000, 20
	kept := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	o := newOffice(b)
	before, begin := kept(), time.Now()
	for range open {
		title, said := o.letter()
		o.take(title, said, 0)
	}
	filled, bytes := time.Since(begin), kept()-before
	for i := range o.texts { // the store has those, not the index
		bytes -= 4 * uint64(cap(o.texts[i].Plain)+cap(o.texts[i].Telling))
	}
	var took []time.Duration
	compared := 0
	for b.Loop() {
		title, said := o.letter()
		begin := time.Now()
		compared += o.take(title, said, ask)
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2].Seconds()*1000, "ms-p50")
	b.ReportMetric(took[len(took)*99/100].Seconds()*1000, "ms-p99")
	b.ReportMetric(float64(bytes)/open, "bytes/letter")
	b.ReportMetric(float64(compared)/float64(len(took)), "compared/letter")
	b.ReportMetric(filled.Seconds()*1e6/open, "us-to-fill")
}
