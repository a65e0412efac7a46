package dossier

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

func file() Dossier {
	at := time.Date(2026, 6, 8, 1, 30, 0, 0, time.UTC)
	event := Event{Seq: 1, At: at, Move: "open", Name: "登记", To: "received", Note: `<img src=x onerror=alert(1)>`}
	return Dossier{
		Number: "260608-0000-0001", Title: "<script>alert(1)</script>", EndedAt: at, Stages: []Stage{{Stage: "register", Name: "登记", From: at, Events: []Event{event}}},
		Third: []Event{event}, Clocks: []Clock{{Name: "答复", Explain: []Line{{"2026-06-09", "第1个工作日"}}, Pauses: []Pause{{Reason: "征求第三方意见", From: at}}, Changes: []Change{{At: at, Kind: "paused"}}}},
		Replies: []Reply{{Text: "<b>不予公开</b>", Remedies: []string{"行政复议"}}}, Files: []File{{Path: "attachments/1.txt", Name: `"><script>`, SHA256: sum([]byte("证明"))}},
		Trail: []Entry{{Actor: "u1", Action: "ticket.open", Detail: map[string]string{"b": "<i>", "a": "1"}}},
	}
}

func write(d Dossier, content []byte, failure error) (string, error) {
	var b bytes.Buffer
	err := Write(&b, d, func(int) ([]byte, error) { return content, failure })
	return b.String(), err
}

func TestTheSameFileIsTheSameBytes(t *testing.T) {
	t.Parallel()
	first, err := write(file(), []byte("证明"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := write(file(), []byte("证明"), nil); err != nil || second != first {
		t.Errorf("written again it differs: %v", err)
	}
}

func TestAFileThatIsNotWhatWasUploadedSpoilsTheWhole(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		content []byte
		failure error
	}{"changed": {[]byte("证据"), nil}, "unreadable": {nil, errors.New("sealed")}} {
		out, err := write(file(), test.content, test.failure)
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := zip.NewReader(strings.NewReader(out), int64(len(out))); err == nil {
			t.Errorf("%s: it still opens", name)
		}
	}
}

func TestWhatPeopleWroteStaysText(t *testing.T) {
	t.Parallel()
	d := file()
	drawn := page(&d)
	for _, bad := range []string{"<script", "<img", "<b>", "<i>", "src=", "href="} {
		if strings.Contains(strings.ReplaceAll(drawn, "&lt;img src=x", ""), bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
}
