package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"jiesu/webhooks"
)

// receiver is another system that hears of tickets, on loopback.
type receiver struct {
	mu       sync.Mutex
	secret   webhooks.Secret
	statuses []int    // of the next answers; then 204
	ids      []string // in the order they first came
	tries    map[string]int
	got      []string
}

// receive is the command of scripts:
//
//	receiver            start one; $receiver is its address
//	receiver knows SECRET
//	                    what it checks signatures with
//	receiver answers STATUS…
//	                    what its next answers are; after them everything is taken
//	receiver got N      wait until N deliveries came in all, and print them
func receive(ts *testscript.TestScript, _ bool, args []string) {
	h := in(ts)
	switch {
	case len(args) == 0:
		h.receiver = &receiver{tries: map[string]int{}}
		peer := httptest.NewServer(h.receiver)
		ts.Defer(peer.Close)
		ts.Setenv("receiver", peer.URL)
	case args[0] == "knows":
		secret, err := webhooks.ParseSecret(args[1])
		ts.Check(err)
		h.receiver.set(func(r *receiver) { r.secret = secret })
	case args[0] == "answers":
		for _, a := range args[1:] {
			status, err := strconv.Atoi(a)
			ts.Check(err)
			h.receiver.set(func(r *receiver) { r.statuses = append(r.statuses, status) })
		}
	case args[0] == "got":
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		h.receiver.wait(ts, n)
	}
}

func (r *receiver) set(change func(r *receiver)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(r)
}

func (r *receiver) wait(ts *testscript.TestScript, n int) {
	for tick, end := time.Tick(50*time.Millisecond), time.After(time.Minute); ; {
		var got []string
		r.set(func(r *receiver) { got = append(got, r.got...) })
		if len(got) >= n {
			_, err := fmt.Fprintln(ts.Stdout(), strings.Join(got, "\n"))
			ts.Check(err)
			return
		}
		select {
		case <-tick:
		case <-end:
			ts.Fatalf("%d deliveries, wanted %d: %v", len(got), n, got)
		}
	}
}

// ServeHTTP notes what came: whether it is signed, with how many secrets, which
// message it is by its id and how often that came, what it says and how it is
// answered. The clock is the sender's: stories set theirs.
func (r *receiver) ServeHTTP(w http.ResponseWriter, in *http.Request) {
	body, err := io.ReadAll(in.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	d := webhooks.Delivery{ID: in.Header.Get(webhooks.HeaderID), Timestamp: in.Header.Get(webhooks.HeaderTimestamp), Signature: in.Header.Get(webhooks.HeaderSignature)}
	seconds, _ := strconv.ParseInt(d.Timestamp, 10, 64) // what is no time does not fit
	said := "forged"
	if err == nil && webhooks.Verify(d, body, time.Unix(seconds, 0), r.secret) == nil {
		said = "signed"
	}
	status := http.StatusNoContent
	if len(r.statuses) > 0 {
		status, r.statuses = r.statuses[0], r.statuses[1:]
	}
	if r.tries[d.ID]++; r.tries[d.ID] == 1 {
		r.ids = append(r.ids, d.ID)
	}
	r.got = append(r.got, fmt.Sprintf("%s by %d: message %d try %d: %s: %d",
		said, len(strings.Fields(d.Signature)), slices.Index(r.ids, d.ID)+1, r.tries[d.ID], body, status))
	w.WriteHeader(status)
}
