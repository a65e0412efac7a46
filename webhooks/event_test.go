package webhooks_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"jiesu/webhooks"
)

var update = flag.Bool("update", false, "rewrite the golden payloads")

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile("schema/event.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(t *testing.T, s *jsonschema.Schema, body []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

// sample is one event of a type, always the same.
func sample(of webhooks.Type) webhooks.Event {
	at := time.Date(2026, 10, 9, 1, 30, 0, 0, time.UTC)
	e := webhooks.Event{Type: of, Timestamp: at, Data: webhooks.Pinged{Endpoint: "0199c6e5-7a3e-7c55-8f61-5d0c9a4b2e10"}}
	if of != webhooks.Ping {
		due := at.AddDate(0, 0, 7)
		d := webhooks.Ticket{Number: "261009-4827-1935", Kind: "consult", State: "handling", Unit: "traffic", Version: 4, OccurredAt: at, DueAt: &due}
		if of == webhooks.TicketAnswered || of == webhooks.TicketClosed {
			d.State, d.DueAt = "answered", nil
		}
		e.Data = d
	}
	return e
}

// What is sent is what the golden payloads show, and the schema allows nothing else.
func TestPayloadsAreTheGoldenOnes(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	types := append(webhooks.TicketTypes(), webhooks.Ping)
	for _, of := range types {
		body, err := sample(of).Body()
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join("golden", string(of)+".json")
		if *update {
			if err := os.WriteFile(name, body, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(name); err != nil || !bytes.Equal(body, want) {
			t.Errorf("%s: %v\n got %s\nwant %s", name, err, body, want)
		}
		if err := valid(t, s, body); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	files, err := filepath.Glob("golden/*.json")
	if err != nil || len(files) != len(types) {
		t.Errorf("%d golden payloads for %d types, %v", len(files), len(types), err)
	}
}

func TestTheSchemaNamesEveryType(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("schema/event.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		OneOf []struct {
			Properties struct {
				Type struct {
					Enum  []webhooks.Type
					Const webhooks.Type
				}
			}
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	if got := doc.OneOf[0].Properties.Type.Enum; !slices.Equal(got, webhooks.TicketTypes()) {
		t.Errorf("the schema has %v", got)
	}
}

func TestTheSchemaKeepsTheRestIn(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	golden, err := os.ReadFile("golden/ticket.opened.json")
	if err != nil {
		t.Fatal(err)
	}
	for old, changed := range map[string]string{
		`"number"`:                             `"title":"楼下噪音","number"`,
		`"type"`:                               `"text":"…","type"`,
		`"kind":"consult"`:                     `"kind":"report"`,
		`"state":"handling"`:                   `"state":"gone"`,
		`"version":4`:                          `"version":"4"`,
		`"type":"ticket.opened"`:               `"type":"ticket.burnt"`,
		`"unit":"traffic",`:                    ``,
		`"occurred_at":"2026-10-09T01:30:00Z"`: `"occurred_at":"yesterday"`,
	} {
		body := strings.Replace(string(golden), old, changed, 1)
		if body == string(golden) {
			t.Errorf("%s is not in the payload", old)
		}
		if err := valid(t, s, []byte(body)); err == nil {
			t.Errorf("taken: %s", body)
		}
	}
}
