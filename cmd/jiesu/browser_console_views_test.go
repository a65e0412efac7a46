package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestEveryConsoleViewBrowser opens every view the menus and lists of five people lead to,
// on an installation that has been in use: each shows what it is for, is accessible,
// fits a narrow screen and names nothing that goes wrong.
func TestEveryConsoleViewBrowser(t *testing.T) {
	chromium, axe := needs(t)
	h := newSite(t, "JIESU_RATE_LIMITS=false") // six people sign in from one address
	h.inUse(150)
	open := browser(t, chromium)
	seen := map[string]bool{}
	for _, login := range []string{"taskforce1", "leader", "traffic-head", "admin", "security", "auditor"} {
		b := newTab(t, open, h, axe)
		b.entersConsole(login)
		for todo := b.leads(".menu a"); len(todo) > 0; todo = todo[1:] {
			kind := viewOf(todo[0])
			if seen[kind] {
				continue
			}
			seen[kind] = true
			t.Run(kind, func(t *testing.T) { b.t = t; b.looksAt(todo[0], kind) })
			b.t = t
			todo = append(todo, b.leads("main a")...)
		}
	}
}

// inUse fills the installation with made-up tickets of two years.
func (h *site) inUse(tickets int) {
	h.t.Helper()
	demo := exec.CommandContext(h.t.Context(), h.program, "demo", "tickets", "--count", strconv.Itoa(tickets))
	demo.Env = append(os.Environ(), "JIESU_DATA="+h.data)
	if out, err := demo.CombinedOutput(); err != nil {
		h.t.Fatalf("%v\n%s", err, out)
	}
}

// entersConsole signs somebody in who has chosen a password.
func (b *tab) entersConsole(login string) {
	b.t.Helper()
	b.open("/console/")
	b.has("#login")
	b.site.signIn(login)
	signedIn := fmt.Sprintf(`(async () => (await fetch('/api/v1/staff/session', {
		method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ login: %q, password: %q }),
	})).ok)()`, login, ownPassword)
	if ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](signedIn, chromedp.EvalAwaitPromise)); err != nil || !ok {
		b.t.Fatalf("%s is not signed in: %v", login, err)
	}
	b.open("/console/")
	b.has(".brand")
}

// leads lists the addresses of the console that links lead to.
func (b *tab) leads(links string) []string {
	b.t.Helper()
	return strings.Fields(b.read(`[...document.querySelectorAll(` + quote(links) + `)].filter((a) => a.pathname.startsWith('/console/')).map((a) => a.pathname + a.search).join(' ')`))
}

// viewOf names the view at an address: what tells one subject from another is left out.
func viewOf(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(strings.Trim(strings.TrimPrefix(path, "/console"), "/"), "/")
	for i, part := range parts {
		if i > 0 && !slices.Contains([]string{"new", "edit", "draft", "import"}, part) {
			parts[i] = "one"
		}
	}
	return strings.Join(parts, "-")
}

func (b *tab) looksAt(path, name string) {
	b.t.Helper()
	b.open(path)
	b.until("what is asked for", `document.querySelector('main h1') && !document.querySelector('main .el-skeleton, main .el-loading-mask')`)
	if refused := b.read(`document.querySelector('main [role=alert].note')?.innerText ?? ''`); refused != "" {
		b.t.Errorf("%s is refused: %s", path, refused)
	}
	if name == "tickets" {
		b.presses("j")
		b.has(".pane .letter")
	}
	b.accessible(path)
	b.shot("console-" + name)
	b.do(chromedp.EmulateViewport(1024, 800))
	b.fits(path)
	b.do(chromedp.EmulateViewport(1440, 900))
	b.presses("?")
	b.has(".help p")
	b.accessible(path + ", its help")
	b.presses("\x1b")
	b.until("the help is gone", `!document.querySelector('.help')`)
}
