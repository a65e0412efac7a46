package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
)

const (
	chatting     = 30 // people
	writing      = 15
	letterEvery  = 6 * time.Second // ten a minute from one address ask for no captcha
	tryAgain     = 300 * time.Millisecond
	giveUpAnswer = 20 * time.Second
)

// ledger is what was acknowledged, and what became of it.
type ledger struct {
	talks  []*talk
	acked  sync.Map // number of a ticket by its title
	failed atomic.Int64
	last   atomic.Int64 // when something was acknowledged last, in ns

	messages, tickets, clocks, deliveries              int
	lostMessages, lostTickets, lostDeliveries          int
	doubledMessages, doubledTickets, doubledDeliveries int
	again                                              int
}

// during lets a fault happen and notes how long nothing was acknowledged.
func (l *ledger) during(f *fault, do func()) {
	f.times++
	over := make(chan struct{})
	var watching sync.WaitGroup
	begin := time.Now()
	watching.Go(func() {
		for tick := time.NewTicker(100 * time.Millisecond); ; {
			since := max(l.last.Load(), begin.UnixNano())
			f.longest = max(f.longest, time.Duration(time.Now().UnixNano()-since))
			select {
			case <-tick.C:
			case <-over:
				tick.Stop()
				return
			}
		}
	})
	do()
	close(over)
	watching.Wait()
}

func (l *ledger) acknowledged() { l.last.Store(time.Now().UnixNano()) }

// people talk and write until it is over, each from an address of their own.
func (s *stage) people(over <-chan struct{}) *sync.WaitGroup {
	s.t.Helper()
	var all sync.WaitGroup
	for i := range chatting {
		k := s.from(i).admit(s.t, i)
		k.kept = s.ledger.acknowledged
		s.ledger.talks = append(s.ledger.talks, k)
		all.Go(func() { k.persist(over, &s.ledger.failed) })
	}
	for i := range writing {
		e := s.from(chatting + i)
		all.Go(func() { s.ledger.write(e, i, over) })
	}
	return &all
}

// from is the edge as seen from an address of loopback.
func (s *stage) from(i int) *edge {
	e := *s.front
	here := &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(i+1))}
	dialer := net.Dialer{LocalAddr: here, Timeout: giveUpAnswer}
	transport, ok := e.client.Transport.(*http.Transport)
	if !ok {
		s.t.Fatal("an edge without a transport")
	}
	transport = transport.Clone()
	transport.DialContext = dialer.DialContext
	e.client = &http.Client{Transport: transport, Timeout: giveUpAnswer}
	e.dialer.NetDialContext = dialer.DialContext
	return &e
}

// calm waits until the edge has forgotten what was broken behind it.
func (e *edge) calm(t *testing.T) {
	t.Helper()
	const enough = 20 // answers in a row
	end := time.After(2 * patience)
	for good := 0; good < enough; {
		good++
		if r, err := e.client.Get("https://" + e.address + "/readyz"); err != nil || r.StatusCode != http.StatusOK {
			good = 0
		} else {
			_ = r.Body.Close()
		}
		select {
		case <-time.After(look):
		case <-end:
			t.Fatal("the edge did not come back")
		}
	}
}

// persist chats until it is over, whatever breaks: what was not acknowledged is said
// again.
func (k *talk) persist(over <-chan struct{}, failed *atomic.Int64) {
	defer close(k.ended)
	for next := 0; ; {
		again, err := k.overOneSocket(&next, over)
		if err == nil && !again {
			return
		}
		if err != nil {
			failed.Add(1)
		}
		for k.renew() != nil {
			failed.Add(1)
			select {
			case <-time.After(tryAgain):
			case <-over:
				return
			}
		}
	}
}

// write writes one letter after the other until it is over, each until it is taken.
func (l *ledger) write(e *edge, person int, over <-chan struct{}) {
	for n := 0; ; n++ {
		title, key := fmt.Sprintf("第%d人第%d封", person, n), uuid.NewString()
		for {
			number, err := e.letter(title, key, fmt.Sprintf("1390%03d%04d", person, n))
			if err == nil {
				l.acked.Store(title, number)
				l.acknowledged()
				break
			}
			l.failed.Add(1)
			select {
			case <-time.After(tryAgain):
			case <-over:
				return
			}
		}
		select {
		case <-time.After(letterEvery):
		case <-over:
			return
		}
	}
}

// letter sends a letter and returns the number it got.
func (e *edge) letter(title, key, phone string) (string, error) {
	body, err := json.Marshal(map[string]any{"kind": "help", "title": title, "text": strings.Repeat(key, 2), "contact": map[string]string{"name": "张三", "phone": phone}})
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "https://"+e.address+"/api/v1/letters", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", key)
	answer, err := e.client.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusCreated {
		return "", fmt.Errorf("%s %w", answer.Status, err)
	}
	var got struct{ Number string }
	return got.Number, json.Unmarshal(raw, &got)
}

// checkMessages looks for every message in its conversation.
func (l *ledger) checkMessages(t *testing.T) {
	t.Helper()
	for _, k := range l.talks {
		stored, times := k.stored(t), map[string]int{}
		for _, id := range stored {
			if times[id]++; times[id] > 1 {
				l.doubledMessages++
				t.Errorf("%s is there %d times", id, times[id])
			}
		}
		l.messages += len(k.sent)
		for i, id := range k.sent {
			if i >= len(stored) || stored[i] != id {
				l.lostMessages++
				t.Errorf("%s was acknowledged and is not there in its place", id)
			}
		}
		if len(stored) > len(k.sent)+1 {
			t.Errorf("%s has %d messages more than were sent", k.name, len(stored)-len(k.sent))
		}
	}
}

// checkTickets looks for every letter that was taken, and for letters that made two.
func (l *ledger) checkTickets(t *testing.T, db *sql.DB) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT title, number FROM ticket WHERE title LIKE '第%人第%封'")
	must(t, err)
	defer func() { must(t, rows.Close()) }()
	numbers := map[string][]string{}
	for rows.Next() {
		var title, number string
		must(t, rows.Scan(&title, &number))
		numbers[title] = append(numbers[title], number)
	}
	must(t, rows.Err())
	for title, all := range numbers {
		if len(all) > 1 {
			l.doubledTickets++
			t.Errorf("%s became %v", title, all)
		}
	}
	for title, number := range l.acked.Range {
		l.tickets++
		if all := numbers[fmt.Sprint(title)]; len(all) == 0 || all[0] != number {
			l.lostTickets++
			t.Errorf("%v was taken as %v and is %v", title, number, all)
		}
	}
}

// checkDeliveries looks whether another system heard of every ticket, and once.
func (l *ledger) checkDeliveries(t *testing.T, db *sql.DB, r *ledgerReceiver) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT number FROM ticket WHERE title LIKE '第%人第%封'")
	must(t, err)
	defer func() { must(t, rows.Close()) }()
	r.mu.Lock()
	defer r.mu.Unlock()
	for rows.Next() {
		var number string
		must(t, rows.Scan(&number))
		l.deliveries++
		switch ids := r.opens[number]; len(ids) {
		case 1:
		case 0:
			l.lostDeliveries++
			t.Errorf("nobody heard of %s", number)
		default:
			l.doubledDeliveries++
			t.Errorf("%s was told of under %v", number, ids)
		}
	}
	must(t, rows.Err())
	for _, n := range r.tries {
		l.again += n - 1
	}
}
