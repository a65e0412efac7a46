package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/search"
)

// asked is an installation whose citizens have asked this and that.
func asked(t *testing.T) (environ []string) {
	t.Helper()
	environ = []string{"JIESU_DATA=" + t.TempDir()}
	c, err := config.Load("", environ)
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := openStore(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	parts, err := newParts(t.Context(), "", search.NewEmbedded())
	if err != nil {
		t.Fatal(err)
	}
	parts.Store, parts.Log, parts.Random, parts.Now = s, slog.New(slog.DiscardHandler), rand.Reader, time.Now
	d := desk.New(parts)
	err = errors.Join(teach(t.Context(), d), s.Close())
	if err != nil {
		t.Fatal(err)
	}
	return environ
}

func teach(ctx context.Context, d *desk.Desk) error {
	a, err := d.Admit(ctx, "", "")
	if err != nil {
		return err
	}
	for i, text := range []string{"身份证丢了怎么补办", "身份证丢了 怎么补办？", "驾驶证丢了怎么补办？我的电话是13800138000", "今天晚饭吃什么好"} {
		_, err := d.Say(ctx, desk.Said{Conversation: a.Conversation, ClientID: string(rune('a' + i)), Kind: conversation.Text, Text: text})
		if err != nil {
			return err
		}
	}
	if _, err := d.HandOver(ctx, a.Conversation, "h1", desk.Opening{}); err != nil {
		return err
	}
	editor := desk.Actor{ID: "u1", Edits: true, Correct: true}
	for question, entries := range map[string][]string{"身份证丢了怎么补办": {"id-card-lost"}, "今天晚饭吃什么好": {}, "还没确认的": nil} {
		l, err := d.Correct(ctx, editor, desk.Objection{Question: question})
		if err != nil {
			return err
		}
		if entries == nil {
			continue
		}
		if _, err := d.DecideLabel(ctx, editor, l.ID, desk.LabelDecision{Version: 1, State: desk.LabelConfirmed, Entries: entries}); err != nil {
			return err
		}
	}
	return nil
}

func TestConfirmedLabelsAreEvaluationSets(t *testing.T) {
	t.Parallel()
	environ := asked(t)
	var queries, outside bytes.Buffer
	if err := errors.Join(EvalLabels(t.Context(), "", environ, false, &queries), EvalLabels(t.Context(), "", environ, true, &outside)); err != nil {
		t.Fatal(err)
	}
	var q queryRow
	if err := json.Unmarshal(queries.Bytes(), &q); err != nil || q.Query != "身份证丢了怎么补办" || len(q.EntryIDs) != 1 || q.EntryIDs[0] != "id-card-lost" || q.QID == "" {
		t.Errorf("queries: %v %s", err, &queries)
	}
	var o outsideRow
	if err := json.Unmarshal(outside.Bytes(), &o); err != nil || o.Text != "今天晚饭吃什么好" || o.ID == "" {
		t.Errorf("outside: %v %s", err, &outside)
	}
	files := EvalFAQFiles{OOS: filepath.Join(t.TempDir(), "oos.jsonl")}
	files.Queries = []string{filepath.Join(t.TempDir(), "queries.jsonl")}
	if err := errors.Join(os.WriteFile(files.Queries[0], queries.Bytes(), 0o600), os.WriteFile(files.OOS, outside.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	if r, err := evaluateFAQ(t.Context(), files, EvalSettings{Engine: "embedded"}, config.Default()); err != nil || r.Queries != 1 || r.OutOfScope != 1 || r.Precision != 1 {
		t.Errorf("eval faq reads them as %+v, %v", r, err)
	}
}

func TestReplayOfPastQuestions(t *testing.T) {
	t.Parallel()
	environ := asked(t)
	inForce, err := os.ReadFile(filepath.Join("..", "desk", "knowledge", "data", "model.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	replay := func(settings string, r Replay) string {
		t.Helper()
		r.Settings = filepath.Join(t.TempDir(), "model.yaml")
		if err := os.WriteFile(r.Settings, []byte(settings), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := EvalReplay(t.Context(), "", environ, r, &out); err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(out.String()), " ")
	}
	if got := replay(string(inForce), Replay{}); !strings.HasPrefix(got, "questions 3 asked, times 4 decided otherwise 0 labelled 2 right now 2 right then 2 wrong now 0 wrong then 0") {
		t.Errorf("the same settings: %s", got)
	}
	shy := regexp.MustCompile(`(?m)^  answer: .*$`).ReplaceAllString(string(inForce), "  answer: 2")
	got := replay(shy, Replay{Show: true})
	for _, want := range []string{"decided otherwise 2", "right now 2 right then 1", "not answered now 0 not answered then 1", "answer id-card-lost", "驾驶证丢了怎么补办"} {
		if !strings.Contains(got, want) {
			t.Errorf("shy settings lack %q: %s", want, got)
		}
	}
	if strings.Contains(got, "138") {
		t.Errorf("shows a telephone number: %s", got)
	}
	if got := replay(shy, Replay{Since: "2999-01-01"}); !strings.HasPrefix(got, "questions 2 asked, times 2") { // labels have no date of their own
		t.Errorf("questions of the future: %s", got)
	}
	for name, r := range map[string]Replay{"no file": {Settings: "nothing.yaml"}, "no date": {Settings: filepath.Join("..", "desk", "knowledge", "data", "model.yaml"), Since: "soon"}} {
		if err := EvalReplay(t.Context(), "", environ, r, io.Discard); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
