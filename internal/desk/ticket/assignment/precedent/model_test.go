package precedent_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"jiesu/internal/desk/ticket/assignment/precedent"
)

// past makes letters of three units: each has words of its own, all share many,
// and some letters use the words of another unit.
func past(n int, muddled float64) []precedent.Example {
	r := rand.New(rand.NewPCG(1, 2))
	units := []string{"traffic", "patrol", "exit-entry"}
	out := make([]precedent.Example, n)
	for i := range out {
		u := i % len(units)
		about := u
		if r.Float64() < muddled {
			about = r.IntN(len(units))
		}
		out[i] = precedent.Example{ID: strconv.Itoa(i), Unit: units[u], Bag: words(r, about).Bag()}
	}
	return out
}

func words(r *rand.Rand, about int) precedent.Letter {
	var l precedent.Letter
	for range 4 {
		l.Title = append(l.Title, uint64(1000*about+100+r.IntN(20)))
	}
	for range 20 {
		l.Opening = append(l.Opening, uint64(1000*about+100+r.IntN(20)), uint64(9000+r.IntN(200)))
		l.Rest = append(l.Rest, uint64(9000+r.IntN(400)))
	}
	return l
}

func train(tb testing.TB, examples []precedent.Example) *precedent.Model {
	tb.Helper()
	m, err := precedent.Train(context.Background(), examples)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestUnitsAreLearnt(t *testing.T) {
	t.Parallel()
	m := train(t, past(120, 0))
	if m.Examples() != 120 || m.Units() != 3 || m.Report().Accuracy < 0.95 || m.Report().Letters != 120 {
		t.Fatalf("trained on %d examples of %d units: %+v", m.Examples(), m.Units(), m.Report())
	}
	r := rand.New(rand.NewPCG(3, 4))
	for about, unit := range []string{"traffic", "patrol", "exit-entry"} {
		got := m.Suggest(words(r, about).Bag(), 3)
		if len(got) != 3 || got[0].Unit != unit || got[0].Probability < 0.8 {
			t.Fatalf("a letter for %s goes to %+v", unit, got)
		}
		if len(got[0].Like) == 0 {
			t.Errorf("no finished ticket speaks for %s", unit)
		}
		for _, id := range got[0].Like {
			if n, _ := strconv.Atoi(id); n%3 != about {
				t.Errorf("ticket %s speaks for %s and belonged to another", id, unit)
			}
		}
	}
}

// TestProbabilitiesAreHonest muddles a third of the past: the model must not be
// surer than it is right.
func TestProbabilitiesAreHonest(t *testing.T) {
	t.Parallel()
	r := train(t, past(300, 0.5)).Report()
	if r.Accuracy < 0.5 || r.Accuracy > 0.8 {
		t.Fatalf("two thirds can be known, %.2f were right", r.Accuracy)
	}
	if r.ECE > 0.1 {
		t.Errorf("probabilities are off by %.3f", r.ECE)
	}
	if r.Coverage > 0.2 {
		t.Errorf("%.2f of a muddled past would be dispatched without a person", r.Coverage)
	}
}

func TestTheSamePastGivesTheSameModel(t *testing.T) {
	t.Parallel()
	a, b := train(t, past(90, 0.2)), train(t, past(90, 0.2))
	r := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		bag := words(r, r.IntN(3)).Bag()
		if x, y := a.Suggest(bag, 3), b.Suggest(bag, 3); !reflect.DeepEqual(x, y) {
			t.Fatalf("%+v and %+v", x, y)
		}
	}
	if a.Report() != b.Report() {
		t.Errorf("%+v and %+v", a.Report(), b.Report())
	}
}

func TestTooLittleToLearnFrom(t *testing.T) {
	t.Parallel()
	if m := train(t, past(precedent.Least-1, 0)); m != nil {
		t.Error("a model of too few examples")
	}
	one := past(100, 0)
	for i := range one {
		one[i].Unit = "traffic"
	}
	if m := train(t, one); m != nil {
		t.Error("a model of one unit")
	}
}

func TestTrainingStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if m, err := precedent.Train(ctx, past(100, 0)); !errors.Is(err, context.Canceled) || m != nil {
		t.Errorf("got %v, %v", m, err)
	}
}

// TestAnyLetterGetsProbabilities feeds letters of any terms, known or not.
func TestAnyLetterGetsProbabilities(t *testing.T) {
	t.Parallel()
	m := train(t, past(90, 0.2))
	rapid.Check(t, func(t *rapid.T) {
		terms := rapid.SliceOf(rapid.OneOf(rapid.Uint64(), rapid.Uint64Range(0, 10_000)))
		l := precedent.Letter{Title: terms.Draw(t, "title"), Opening: terms.Draw(t, "opening"), Rest: terms.Draw(t, "rest"), Facts: terms.Draw(t, "facts")}
		sum, last := 0.0, 1.0
		for _, s := range m.Suggest(l.Bag(), m.Units()) {
			if !(s.Probability >= 0 && s.Probability <= last) {
				t.Fatalf("%v after %v", s.Probability, last)
			}
			sum, last = sum+s.Probability, s.Probability
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Fatalf("probabilities add up to %v", sum)
		}
	})
}

func TestMeasure(t *testing.T) {
	t.Parallel()
	said := func(right string, units ...precedent.Suggestion) precedent.Outcome {
		return precedent.Outcome{Right: right, Units: units}
	}
	u := func(unit string, p float64) precedent.Suggestion {
		return precedent.Suggestion{Unit: unit, Probability: p}
	}
	got := precedent.Measure([]precedent.Outcome{
		said("a", u("a", 0.9), u("b", 0.1)),
		said("a", u("a", 0.8), u("b", 0.2)),
		said("b", u("a", 0.6), u("b", 0.4)),
		said("b", u("b", 0.5), u("a", 0.5)),
		said("c", u("a", 0.4), u("b", 0.3), u("d", 0.2), u("c", 0.1)),
	})
	near := func(name string, got, want float64) {
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	near("accuracy", got.Accuracy, 3.0/5)
	near("top 3", got.Top3, 4.0/5)
	near("macro F1", got.MacroF1, (2*2.0/(2+4)+2*1.0/(2+1)+0)/3)
	near("ECE", got.ECE, (0.1+0.2+0.6+0.5+0.4)/5)
	near("bound", got.Bound, 0.8)
	near("coverage", got.Coverage, 2.0/5)
	if (precedent.Measure(nil) != precedent.Report{}) {
		t.Error("nothing measured is not nothing")
	}
}

// TestATieAtTheBoundIsNotCut: letters as sure as the bound are dispatched too, so
// they count.
func TestATieAtTheBoundIsNotCut(t *testing.T) {
	t.Parallel()
	one := func(right string) precedent.Outcome {
		return precedent.Outcome{Right: right, Units: []precedent.Suggestion{{Unit: "a", Probability: 0.9}}}
	}
	if got := precedent.Measure([]precedent.Outcome{one("a"), one("b")}); got.Bound != 0 || got.Coverage != 0 {
		t.Errorf("bound %v covers %v, though half of what is as sure is wrong", got.Bound, got.Coverage)
	}
}

func BenchmarkSuggest(b *testing.B) {
	m := train(b, past(2000, 0.1))
	bag := words(rand.New(rand.NewPCG(7, 8)), 1).Bag()
	for b.Loop() {
		m.Suggest(bag, 3)
	}
}
