package app

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

type streamRow struct {
	ID    string `json:"id"`
	Time  string `json:"time"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

type matterRow struct {
	Topic string   `json:"topic"`
	IDs   []string `json:"ids"`
}

// SignalsReport tells how well surges are found in a stream of letters.
type SignalsReport struct {
	Letters int           `json:"letters"`
	Topics  int           `json:"topics"`
	Found   int           `json:"found"`
	Alarms  int           `json:"alarms"`
	False   int           `json:"false_alarms"` // most of whose letters belong to no topic
	Per1000 float64       `json:"false_alarms_per_1000"`
	Each    []TopicReport `json:"by_topic"`
	Latency struct {
		P50 knowledge.Millis `json:"p50"`
		P99 knowledge.Millis `json:"p99"`
	} `json:"latency_ms"`
}

// TopicReport tells when a topic was found.
type TopicReport struct {
	Topic   string `json:"topic"`
	Letters int    `json:"letters"`
	Found   bool   `json:"found"`
	Delay   int    `json:"delay_letters"` // of the topic that had come, the one that raised it among them; 0: never
	Days    int    `json:"delay_days"`    // since its first
	first   time.Time
	come    int
}

// EvalSignals watches a stream of letters for surges and prints which topics
// were found, after how many of their letters, and how many alarms were false.
// A letter is judged knowing those before it alone.
func EvalSignals(stream, topics string, asJSON bool, out io.Writer) error {
	analyzer, err := knowledge.NewAnalyzer()
	if err != nil {
		return err
	}
	letters, err := readLines[streamRow](stream)
	if err != nil {
		return err
	}
	known, err := readLines[matterRow](topics)
	if err != nil {
		return err
	}
	r := SignalsReport{Letters: len(letters), Topics: len(known), Each: make([]TopicReport, len(known))}
	topicOf := map[string]int{}
	for i, t := range known {
		r.Each[i] = TopicReport{Topic: t.Topic, Letters: len(t.IDs)}
		for _, id := range t.IDs {
			topicOf[id] = i
		}
	}
	if err := r.watch(analyzer, letters, topicOf); err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	return r.print(out)
}

// watch sends the letters through a watch, in order.
func (r *SignalsReport) watch(a *knowledge.Analyzer, letters []streamRow, topicOf map[string]int) error {
	watch := signal.NewSurges(1)
	took := make([]time.Duration, len(letters))
	var last time.Time
	for i, l := range letters {
		at, err := time.ParseInLocation(time.DateTime, l.Time, deadline.Beijing())
		if err != nil || at.Before(last) {
			return problem.New(problem.Invalid, "signals.stream", fmt.Sprintf("第 %d 行：时间 %q 无法读取，或早于上一行。", i+1, l.Time)).Because(err)
		}
		last = at
		if t, ok := topicOf[l.ID]; ok {
			r.Each[t].arrive(at)
		}
		from := time.Now()
		about, whole := desk.ReadSubject(a, l.Title, l.Text), desk.ReadText(a, l.Title+"\n"+l.Text)
		raised := watch.Watch(signal.Sighting{ID: l.ID, At: at, About: &about, Whole: &whole})
		took[i] = time.Since(from)
		for _, s := range raised {
			r.alarm(s, at, topicOf)
		}
	}
	if slices.Sort(took); len(took) > 0 {
		r.Latency.P50, r.Latency.P99 = knowledge.Millis(took[len(took)/2]), knowledge.Millis(took[len(took)*99/100])
		r.Per1000 = 1000 * float64(r.False) / float64(len(letters))
	}
	return nil
}

func (t *TopicReport) arrive(at time.Time) {
	if t.come++; t.come == 1 {
		t.first = at
	}
}

// alarm counts an alarm for the topic most of its letters belong to, or as a
// false one.
func (r *SignalsReport) alarm(s signal.Surge, at time.Time, topicOf map[string]int) {
	r.Alarms++
	votes := make([]int, len(r.Each))
	for _, id := range s.Letters {
		if t, ok := topicOf[id]; ok {
			votes[t]++
		}
	}
	for i := range r.Each {
		if 2*votes[i] <= len(s.Letters) {
			continue
		}
		if t := &r.Each[i]; !t.Found {
			r.Found++
			t.Found, t.Delay, t.Days = true, t.come, int(at.Sub(t.first).Hours()/24)
		}
		return
	}
	r.False++
}

func (r *SignalsReport) print(out io.Writer) error {
	_, err := fmt.Fprintf(out, "%d letters: %d of %d topics found; %d alarms, %d false (%.2f per 1,000 letters)\n",
		r.Letters, r.Found, r.Topics, r.Alarms, r.False, r.Per1000)
	for _, t := range r.Each {
		if err != nil {
			return err
		}
		found := "not found"
		if t.Found {
			found = fmt.Sprintf("found at letter %d, day %d", t.Delay, t.Days)
		}
		_, err = fmt.Fprintf(out, "%s: %d letters, %s\n", t.Topic, t.Letters, found)
	}
	return err
}
