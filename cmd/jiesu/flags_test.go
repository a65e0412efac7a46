package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestNoSecretIsAnArgument walks all flags and arguments: everybody on a machine reads
// those of a process. Secrets come from files, the environment or the settings.
func TestNoSecretIsAnArgument(t *testing.T) {
	t.Parallel()
	secret := regexp.MustCompile(`(?i)passw|secret|token|credential|dsn|(^|-)(key|code|pin|pass)(-|$)`)
	walked := 0
	walkFlags(reflect.TypeFor[commands](), nil, func(path []string, name string, of reflect.Type) {
		walked++
		if secret.MatchString(name) && !strings.HasSuffix(name, "-file") {
			t.Errorf("%v takes %s", path, name)
		}
		if strings.HasSuffix(name, "url") && of != reflect.TypeFor[address]() {
			t.Errorf("%v takes %s with whatever password is in it: let it be an address", path, name)
		}
	})
	if walked < 40 {
		t.Errorf("only %d flags were looked at", walked)
	}
}

// walkFlags visits the flags and arguments of a command and of those below it.
func walkFlags(of reflect.Type, path []string, visit func(path []string, name string, of reflect.Type)) {
	for f := range of.Fields() {
		first, _, _ := strings.Cut(f.Tag.Get("arg"), ",")
		switch below, is := strings.CutPrefix(first, "subcommand:"); {
		case is:
			walkFlags(f.Type.Elem(), append(slices.Clone(path), below), visit)
		case first == "positional":
			visit(path, strings.ToLower(f.Name), f.Type)
		default:
			visit(path, strings.TrimPrefix(first, "--"), f.Type)
		}
	}
}

// TestHelpNamesEveryFlag: every command and group explains itself, with all it takes.
func TestHelpNamesEveryFlag(t *testing.T) {
	t.Parallel()
	help := func(path []string) string {
		var out, errs strings.Builder
		if code := Main(t.Context(), append(slices.Clone(path), "--help"), nil, nil, &out, &errs); code != 0 || errs.Len() > 0 {
			t.Errorf("%v --help: exit code %d, %s", path, code, errs.String())
		}
		return out.String()
	}
	seen := map[string]string{"": help(nil)}
	walkFlags(reflect.TypeFor[commands](), nil, func(path []string, name string, _ reflect.Type) {
		at := strings.Join(path, " ")
		if _, known := seen[at]; !known {
			seen[at] = help(path)
		}
		if !strings.Contains(strings.ToLower(seen[at]), name) {
			t.Errorf("jiesu %s --help does not name %s:\n%s", at, name, seen[at])
		}
	})
	if !strings.Contains(seen[""], "接诉") || !strings.Contains(seen[""], "serve") || len(seen) < 20 {
		t.Errorf("%d commands were asked, and jiesu says\n%s", len(seen), seen[""])
	}
}

func TestWrongUsageSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	secret := filepath.Join(folder, "secret")
	must(t, os.WriteFile(secret, nil, 0o600))
	for _, c := range []struct {
		args []string
		says string
	}{
		{nil, "jiesu --help"},
		{[]string{"keys"}, "jiesu keys --help"},
		{[]string{"nothing"}, "nothing"},
		{[]string{"serve", "--fast"}, "--fast"},
		{[]string{"keys", "use"}, "ID is required"},
		{[]string{"user", "add", "li", "--name", "李", "--unit", "traffic"}, "ROLE is required"},
		{[]string{"user", "add", "li", "--name", "李", "--unit", "traffic", "--role", "king"}, `"king" is none of admin, security`},
		{[]string{"calendar", "add", "2026-12-01", "many"}, "many"},
		{[]string{"calendar", "add", "2026-12-01", "5", "--unit", "week"}, `"week" is none of working_day`},
		{[]string{"--config", folder + "/none.yaml", "serve"}, "no such file"},
		{[]string{"restore", folder}, "is a folder"},
		{[]string{"faq", "check", folder + "/none"}, "no such file"},
		{[]string{"faq", "import", folder, "--apply"}, "--apply needs --as"},
		{[]string{"eval", "route"}, "--history or --own"},
		{[]string{"demo", "12345", "--platform", "p", "--secret-file", secret, "--url", "http://a:b@c"}, "--url"},
		{[]string{"demo", "12345", "--platform", "p", "--secret-file", secret, "--url=http://a:b@c"}, "without user, password"},
	} {
		var out, errs strings.Builder
		code := Main(t.Context(), c.args, nil, nil, &out, &errs)
		if code != exitUsage || out.Len() > 0 || !strings.Contains(errs.String(), c.says) || !strings.HasPrefix(errs.String(), "jiesu: ") {
			t.Errorf("%v: exit code %d, %q, want %q", c.args, code, errs.String(), c.says)
		}
		if strings.Contains(errs.String(), "a:b") {
			t.Errorf("%v: the error repeats a password: %s", c.args, errs.String())
		}
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
