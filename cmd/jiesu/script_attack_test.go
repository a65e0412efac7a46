package main

import (
	"bytes"
	"maps"
	"net/http"
	"regexp"
	"slices"

	"github.com/rogpeppe/go-internal/testscript"
)

// alike sends two requests, apart by "--", and fails unless nobody who gets the answers
// can tell which is which: by status, headers and their values, length or words. Ids of
// requests, of which every one is another, are of one length.
func alike(ts *testscript.TestScript, _ bool, args []string) {
	apart := slices.Index(args, "--")
	if apart < 0 {
		ts.Fatalf("alike METHOD PATH … -- METHOD PATH …")
	}
	h := in(ts)
	told := func(args []string) (int, http.Header, []byte) {
		request(ts, false, args)
		header := maps.Clone(h.header)
		header.Del("Date")
		header.Set("X-Request-Id", regexp.MustCompile(`.`).ReplaceAllString(header.Get("X-Request-Id"), "x"))
		return h.status, header, regexp.MustCompile(`\b[A-Z2-7]{26}\b`).ReplaceAll(h.answer, []byte("x"))
	}
	status, header, body := told(args[:apart])
	otherStatus, otherHeader, otherBody := told(args[apart+1:])
	if status != otherStatus || !bytes.Equal(body, otherBody) {
		ts.Fatalf("%d %s is not %d %s", status, body, otherStatus, otherBody)
	}
	if !maps.EqualFunc(header, otherHeader, slices.Equal) {
		ts.Fatalf("%v is not %v", header, otherHeader)
	}
}
