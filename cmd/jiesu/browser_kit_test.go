package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

const (
	uiFolder = "../../internal/web/ui"
	patience = 30 * time.Second // for anything a page should show
	look     = 50 * time.Millisecond
)

// ownPassword is what accounts choose for themselves.
const ownPassword = "four words in a row"

// needs skips the test loudly where a browser, its test library or the built
// pages are missing.
func needs(t *testing.T) (chromium, axe string) {
	t.Helper()
	missing := func(what string) {
		_, _ = fmt.Fprintf(os.Stderr, "SKIP %s: %s\n", t.Name(), what)
		t.Skip(what)
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && chromium == "" {
			chromium = path
		}
	}
	if chromium == "" {
		missing("no Chromium found: install the package chromium")
	}
	script, err := os.ReadFile(filepath.Join(uiFolder, "node_modules/axe-core/axe.min.js"))
	if err != nil {
		missing("axe-core is not installed: run npm ci in internal/web/ui")
	}
	if _, err := os.Stat(filepath.Join(uiFolder, "dist/widget.js")); err != nil {
		missing("the pages are not built: run npm run build in internal/web/ui")
	}
	return chromium, string(script)
}

// site is the built program, running.
type site struct {
	t       *testing.T
	program string
	address string
	data    string
	env     []string // beside what every site has
	log     output
	running *exec.Cmd
	tokens  sync.Map // by login: signing in is limited
	doors   atomic.Int32
}

// output is what a program said so far; it may be read while it speaks.
type output struct {
	mu   sync.Mutex
	said bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.said.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.said.String()
}

func newSite(t *testing.T, env ...string) *site {
	t.Helper()
	program := filepath.Join(t.TempDir(), "jiesu")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return openSite(t, program, env...)
}

// openSite starts a program on an installation of its own.
func openSite(t *testing.T, program string, env ...string) *site {
	t.Helper()
	h := &site{t: t, program: program, data: private(t), env: env}
	h.serve()
	return h
}

// private is a folder nobody else may enter, as the doctor wants it.
func private(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o700))
	return dir
}

// sibling is another replica of the same installation.
func (h *site) sibling() *site {
	h.t.Helper()
	o := &site{t: h.t, program: h.program, data: h.data, env: h.env}
	o.serve()
	return o
}

// serve starts the program on an address of its own until the test is over.
func (h *site) serve() {
	h.t.Helper()
	h.address = freeAddress(h.t)
	h.start()
	h.t.Cleanup(func() {
		h.kill()
		if h.t.Failed() {
			h.t.Logf("the program said:\n%s", h.log.String())
		}
	})
}

func freeAddress(t *testing.T) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { must(t, free.Close()) }()
	return free.Addr().String()
}

func (h *site) url(path string) string { return "http://" + h.address + path }

func (h *site) environ() []string {
	return slices.Concat(os.Environ(), []string{"JIESU_LISTEN=" + h.address, "JIESU_DATA=" + h.data, "JIESU_TRUSTED_PROXIES=127.0.0.1", "JIESU_CHANNELS=" + filepath.Join("testdata", "channels.yaml")}, h.env)
}

// command runs the program beside itself; ok is false where it fails.
func (h *site) command(args ...string) (said string, ok bool) {
	h.t.Helper()
	c := exec.CommandContext(h.t.Context(), h.program, args...)
	c.Env = h.environ()
	out, err := c.CombinedOutput()
	return string(out), err == nil
}

func (h *site) start() {
	h.t.Helper()
	h.running = exec.Command(h.program, "serve")
	h.running.Env = h.environ()
	h.running.Stdout, h.running.Stderr = &h.log, &h.log
	if err := h.running.Start(); err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for tick := time.NewTicker(look); ; {
		if r, err := http.Get(h.url("/readyz")); err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			h.t.Fatalf("the program did not become ready:\n%s", h.log.String())
		}
	}
}

// kill ends the program at once, as a power cut would.
func (h *site) kill() {
	_ = h.running.Process.Kill()
	_ = h.running.Wait()
}

// restart lets the program end in order, and starts it again.
func (h *site) restart() {
	h.t.Helper()
	must(h.t, h.running.Process.Signal(syscall.SIGTERM))
	must(h.t, h.running.Wait())
	h.start()
}

// decide asks the API which of some questions ends in a decision, so that a
// journey does not depend on how the library is tuned.
func (h *site) decide(decision string, questions ...string) string {
	h.t.Helper()
	for _, q := range questions {
		body, err := json.Marshal(map[string]string{"text": q})
		if err != nil {
			h.t.Fatal(err)
		}
		r, err := http.Post(h.url("/api/v1/ask"), "application/json", bytes.NewReader(body))
		if err != nil {
			h.t.Fatal(err)
		}
		var got struct{ Decision string }
		err = json.NewDecoder(r.Body).Decode(&got)
		_ = r.Body.Close()
		if err == nil && got.Decision == decision {
			return q
		}
	}
	h.t.Fatalf("none of %q ends in %s", questions, decision)
	return ""
}

// opener opens a tab of a browser, with cookies and storage of its own.
type opener func() (context.Context, context.CancelFunc)

// browser starts one Chromium.
func browser(t *testing.T, chromium string) opener {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.ExecPath(chromium),
		chromedp.Flag("force-prefers-reduced-motion", true), // a page that glides moves away under a click
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("lang", "zh-CN"), chromedp.Flag("accept-lang", "zh-CN"),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, closeAll := chromedp.NewContext(allocator)
	t.Cleanup(closeAll)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return func() (context.Context, context.CancelFunc) {
		return chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
	}
}

// tab is somebody using the site: own cookies, own storage.
type tab struct {
	t    *testing.T
	ctx  context.Context //nolint:containedctx // to the library a tab is its context
	site *site
	axe  string
}

func newTab(t *testing.T, open opener, h *site, axe string) *tab {
	t.Helper()
	ctx, closeTab := open()
	t.Cleanup(closeTab)
	// The tab lives as long as the context of the first call.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900)); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	return &tab{t: t, ctx: ctx, site: h, axe: axe}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := b.try(steps...); err != nil {
		b.t.Fatal(err)
	}
}

// try does not wait for ever: a browser may owe an answer.
func (b *tab) try(steps ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}

func (b *tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.site.url(path)))
}

// withoutScript turns JavaScript off for pages opened from now on.
func (b *tab) withoutScript() {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		b.t.Fatal(err)
	}
}

// read evaluates an expression that gives a string.
func (b *tab) read(expression string) string {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for an expression to hold, over page loads.
func (b *tab) until(what, expression string) {
	b.t.Helper()
	b.untilWithin(patience, what, expression)
}

func (b *tab) untilWithin(wait time.Duration, what, expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, wait)
	defer cancel()
	for tick := time.NewTicker(look); ; {
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!!(`+expression+`)`)); err == nil && ok {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			b.t.Fatalf("waited in vain for %s; the page says:\n%s", what, b.read(`document.body.innerText + '\n' + (`+chatRoot+`?.querySelector('.panel')?.innerText ?? '')`))
		}
	}
}

// shows waits for a text in the body of the page.
func (b *tab) shows(text string) {
	b.t.Helper()
	b.until(text, `document.querySelector('main')?.innerText.includes(`+quote(text)+`)`)
}

func (b *tab) fill(selector, text string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// click presses something. That the page was left before the browser had told of
// the press is no failure.
func (b *tab) click(selector string) {
	b.t.Helper()
	if err := b.try(chromedp.Click(chromedp.CSS(selector))); err != nil && !strings.Contains(err.Error(), "Inspected target navigated or closed") {
		b.t.Fatalf("click on %s: %v", selector, err)
	}
}

// accessible fails on serious findings of axe-core, and where the page is not
// contained.
func (b *tab) accessible(name string) {
	b.t.Helper()
	b.do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Evaluate[bool](`(() => { `+b.axe+`; return true })()`)(ctx, target)
		return chromedp.Void{}, err
	})
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`axe.run(document, {
		runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'],
	}).then((r) => r.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
		.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ') + ' ' + n.failureSummary).join('\n')).join('\n\n'))`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("axe on %s: %v", name, err)
	}
	if found != "" {
		b.t.Errorf("%s is not accessible:\n%s", name, found)
	}
	b.contained(name)
}

// contained fails on anything the page's security policy blocked, and on
// anything loaded from elsewhere.
func (b *tab) contained(name string) {
	b.t.Helper()
	if blocked := b.read(`(() => {
		const seen = new ReportingObserver(() => {}, { types: ['csp-violation'], buffered: true });
		seen.observe();
		return seen.takeRecords().map((r) => JSON.stringify(r.body)).join('\n');
	})()`); blocked != "" {
		b.t.Errorf("%s breaks its security policy:\n%s", name, blocked)
	}
	if foreign := b.read(`performance.getEntriesByType('resource').map((r) => r.name).filter((n) => !n.startsWith(location.origin) && !n.startsWith('data:')).join('\n')`); foreign != "" {
		b.t.Errorf("%s loads from elsewhere:\n%s", name, foreign)
	}
}

// fits fails where the page has to be scrolled sideways.
func (b *tab) fits(name string) {
	b.t.Helper()
	if wide := b.read(`document.documentElement.scrollWidth > innerWidth ? [...document.querySelectorAll('body *')]
		.filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.tagName + '.' + e.className).slice(0, 5).join(', ') || 'the page' : ''`); wide != "" {
		b.t.Errorf("%s is wider than the screen: %s", name, wide)
	}
}

// shot leaves a picture of the page where SCREENSHOTS says.
func (b *tab) shot(name string) {
	b.t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600)
	}
	if err != nil {
		b.t.Error(err)
	}
}

func quote(s string) string {
	q, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(q)
}

// chatRoot is the chat on a page, behind its shadow.
const chatRoot = `document.querySelector('jiesu-chat')?.shadowRoot`

// embed puts the chat on the page as any site would.
func (b *tab) embed(title string) {
	b.t.Helper()
	b.read(`((title) => {
		const script = document.createElement('script');
		script.src = '/widget.js';
		document.head.append(script);
		const chat = document.createElement('jiesu-chat');
		chat.setAttribute('title', title);
		document.body.append(chat);
		return '';
	})(` + quote(title) + `)`)
}

// say types into the chat and sends it with the keyboard.
func (b *tab) say(text string) {
	b.t.Helper()
	b.until("the chat", chatRoot+`?.querySelector('textarea')`)
	b.read(`(` + chatRoot + `.querySelector('textarea').focus(), '')`)
	b.do(chromedp.KeyEvent(text))
	b.do(chromedp.KeyEvent("\r"))
}

// messages lists what the chat shows of its stored messages.
func (b *tab) messages() []string {
	b.t.Helper()
	joined := b.read(`[...` + chatRoot + `.querySelectorAll('[data-seq]')].map((m) => m.dataset.seq + ' ' + m.querySelector('.bubble').innerText.replace(/\s+/g, ' ')).join('\n')`)
	if joined == "" {
		return nil
	}
	return strings.Split(joined, "\n")
}

// hears waits until the chat shows n stored messages, and nothing waits to be sent.
func (b *tab) hears(n int) []string {
	b.t.Helper()
	b.until(fmt.Sprintf("%d messages", n), fmt.Sprintf(`%s?.querySelectorAll('[data-seq]').length === %d && %s.querySelectorAll('.log .mine:not([data-seq])').length === 0`, chatRoot, n, chatRoot))
	return b.messages()
}

// firstPassword is what the first start printed for an account.
func (h *site) firstPassword(login string) string {
	h.t.Helper()
	m := regexp.MustCompile(`(?m)^` + login + ` +(\S+)`).FindStringSubmatch(h.log.String())
	if m == nil {
		h.t.Fatalf("no password of %s in the log", login)
	}
	return m[1]
}
