package ui_test

import (
	"io/fs"
	"strings"
	"testing"

	"jiesu/internal/web/ui"
)

func TestBuiltFilesReferToNobody(t *testing.T) {
	t.Parallel()
	if !ui.Built() {
		t.Skip("the browser project is not built: run npm ci && npm run build in internal/web/ui")
	}
	for _, name := range []string{"docs/index.html", "console.html"} {
		page, err := fs.ReadFile(ui.Assets(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"http://", "https://", "//cdn", " style=", "<style", "onload="} {
			if strings.Contains(string(page), bad) {
				t.Errorf("%s contains %q", name, bad)
			}
		}
	}
	for _, name := range []string{"widget.js", "docs/rapidoc-min.js", "docs/docs.css"} {
		if _, err := fs.Stat(ui.Assets(), name); err != nil {
			t.Errorf("%s is missing: %v", name, err)
		}
	}
}

func TestWidgetNeverWritesMarkup(t *testing.T) {
	t.Parallel()
	if !ui.Built() {
		t.Skip("the browser project is not built: run npm ci && npm run build in internal/web/ui")
	}
	script, err := fs.ReadFile(ui.Assets(), "widget.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("} {
		if strings.Contains(string(script), bad) {
			t.Errorf("widget.js uses %s", bad)
		}
	}
}
