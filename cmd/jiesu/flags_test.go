package main

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestNoSecretIsAnArgument walks all flags and arguments: everybody on a machine reads
// those of a process. Secrets come from files, the environment or the settings.
func TestNoSecretIsAnArgument(t *testing.T) {
	t.Parallel()
	parser, err := kong.New(&commands{}, kong.Name("jiesu"), kong.Writers(io.Discard, io.Discard))
	must(t, err)
	secret := regexp.MustCompile(`(?i)passw|secret|token|credential|dsn|(^|-)(key|code|pin|pass)(-|$)`)
	walked := 0
	look := func(path string, v *kong.Value) {
		walked++
		if secret.MatchString(v.Name) && !strings.HasSuffix(v.Name, "-file") {
			t.Errorf("%s takes %s", path, v.Name)
		}
		if strings.HasSuffix(v.Name, "url") && v.Target.Type().Name() != "address" {
			t.Errorf("%s takes %s with whatever password is in it: let it be an address", path, v.Name)
		}
	}
	must(t, kong.Visit(parser.Model, func(node kong.Visitable, next kong.Next) error {
		switch n := node.(type) {
		case *kong.Application:
			for _, f := range n.Flags {
				look("jiesu", f.Value)
			}
		case *kong.Node:
			for _, f := range n.Flags {
				look(n.Path(), f.Value)
			}
			for _, p := range n.Positional {
				look(n.Path(), p)
			}
		}
		return next(nil)
	}))
	if walked < 40 {
		t.Errorf("only %d flags were looked at", walked)
	}
}

func TestAnAddressHoldsNoPassword(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{
		"http://127.0.0.1:8000/v1": true, "": true, "https://me:secret@example.gov.cn": false, "https://me@example.gov.cn": false,
		"https://example.gov.cn/?api_key=secret": false, "://": false,
	} {
		var a address
		err := a.UnmarshalText([]byte(text))
		if (err == nil) != fine {
			t.Errorf("%q: %v", text, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error repeats %v", err)
		}
	}
}
