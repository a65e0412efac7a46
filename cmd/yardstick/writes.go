package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

const writers = 64 // clients that wait for their commit at the same time

// letter is the n-th letter: everybody writes one, and no two say the same, for who
// writes again or writes what others have is looked at for signals.
func letter(n int) map[string]any {
	return map[string]any{
		"kind": "help", "title": fmt.Sprintf("第%d号", n*7919), "text": strings.Repeat(fmt.Sprintf("%x", n*7919*104729), 8) + "我的身份证丢了，现在人在外地，想问怎么补办，要带什么材料，去哪里办？",
		"contact": map[string]string{"name": "张三", "phone": fmt.Sprintf("138%08d", n%100_000_000)},
	}
}

// letterWriters are clients that write letters.
func letterWriters(ctx context.Context, p *process, n int) (clients []step, leave func(), err error) {
	var count atomic.Int64
	next := func() []byte {
		body, _ := json.Marshal(letter(int(count.Add(1)))) // plain values
		return post("/api/v1/letters", "", uuid.NewString(), string(body))
	}
	return askedBy(ctx, p, n, http.StatusCreated, func(int) func() []byte { return next })
}

// bareWriters are clients that send as much, and have the rows written.
func bareWriters(ctx context.Context, p *process, n int) (clients []step, leave func(), err error) {
	body, err := json.Marshal(letter(1))
	if err != nil {
		return nil, func() {}, err
	}
	request := post("/ticket", "", uuid.NewString(), string(body))
	return askedBy(ctx, p, n, http.StatusCreated, func(int) func() []byte { return func() []byte { return request } })
}

// stored is where a pair of runs stores: files of SQLite, or databases of PostgreSQL.
type stored struct {
	how  string   // the yardstick commits
	ours []string // environment
	bare string
}

func (b *bench) onSQLite(how string) (stored, error) {
	dir, err := b.folder()
	return stored{how: how, bare: filepath.Join(dir, "bare.db")}, err
}

func (b *bench) onPostgres(ctx context.Context, how string) (stored, error) {
	first, err := b.postgresURL(ctx)
	second, errBare := b.postgresURL(ctx)
	return stored{how: how, ours: []string{"JIESU_DATABASE_URL=" + first}, bare: second}, errors.Join(err, errBare)
}

// plainBody is about as long as what answers a letter.
const plainBody = "700"

// pair runs clients of ours and of the yardstick, both until a time is over.
func (b *bench) pair(ctx context.Context, s stored, ours, bare func(context.Context, *process) ([]step, func(), error)) (v value, err error) {
	during := time.Duration(b.seconds * float64(time.Second))
	one := func(into *float64, clients func(context.Context, *process) ([]step, func(), error)) func(*process) error {
		return func(p *process) error {
			all, leave, err := clients(ctx, p)
			defer leave()
			if err != nil {
				return err
			}
			*into, err = closed(ctx, all, during)
			return err
		}
	}
	p, err := b.fresh(ctx, s.ours...)
	if err = with(p, err, one(&v.ours, ours)); err != nil {
		return v, err
	}
	p, err = b.bare(ctx, plainBody, s.bare, s.how)
	return v, with(p, err, one(&v.bare, bare))
}

func (b *bench) tickets(ctx context.Context, s stored, err error) (value, error) {
	if err != nil {
		return value{}, err
	}
	return b.pair(ctx, s, func(ctx context.Context, p *process) ([]step, func(), error) { return letterWriters(ctx, p, writers) },
		func(ctx context.Context, p *process) ([]step, func(), error) { return bareWriters(ctx, p, writers) })
}

func ticketsSQLite(ctx context.Context, b *bench) (value, error) {
	s, err := b.onSQLite(sharedCommit)
	return b.tickets(ctx, s, err)
}

func ticketsOwnCommit(ctx context.Context, b *bench) (value, error) {
	s, err := b.onSQLite(ownCommit)
	return b.tickets(ctx, s, err)
}

func ticketsPostgres(ctx context.Context, b *bench) (value, error) {
	s, err := b.onPostgres(ctx, oneStatement)
	return b.tickets(ctx, s, err)
}

// ticketAlone is one letter after the other.
func ticketAlone(ctx context.Context, b *bench) (v value, err error) {
	p, err := b.fresh(ctx)
	err = with(p, err, func(p *process) error {
		clients, leave, err := letterWriters(ctx, p, 1)
		defer leave()
		if err != nil {
			return err
		}
		took, err := paced(ctx, clients, 100, time.Duration(b.seconds*float64(time.Second)))
		v.ours, v.remark = took.at(0.5).Seconds()*1000, took.String()
		return err
	})
	return v, err
}

// talkers are people in chats.
func talkers(ctx context.Context, p *process) (clients []step, leave func(), err error) {
	var open []*chat
	leave = func() {
		for _, c := range open {
			_ = c.ws.Close()
		}
	}
	passes, err := p.passes(ctx, many)
	if err != nil {
		return nil, leave, err
	}
	all := questions()
	for i, pass := range passes {
		c, err := p.chat(ctx, pass)
		if err != nil {
			return nil, leave, err
		}
		open = append(open, c)
		clients = append(clients, func() error { return c.say(all[(i+c.sent)%len(all)]) })
	}
	return clients, leave, nil
}

func bareTalkers(ctx context.Context, p *process) ([]step, func(), error) {
	return echoes(ctx, p, "/say", questions()[0])
}

func messagesSQLite(ctx context.Context, b *bench) (value, error) {
	s, err := b.onSQLite(sharedCommit)
	if err != nil {
		return value{}, err
	}
	return b.pair(ctx, s, talkers, bareTalkers)
}

func messagesPostgres(ctx context.Context, b *bench) (value, error) {
	s, err := b.onPostgres(ctx, ownCommit)
	if err != nil {
		return value{}, err
	}
	return b.pair(ctx, s, talkers, bareTalkers)
}

const messagesRate = 2000

func messagesPaced(ctx context.Context, b *bench) (v value, err error) {
	p, err := b.fresh(ctx)
	err = with(p, err, func(p *process) error {
		clients, leave, err := talkers(ctx, p)
		defer leave()
		if err != nil {
			return err
		}
		took, err := paced(ctx, clients, messagesRate, time.Duration(b.seconds*float64(time.Second)))
		v.ours, v.remark = took.at(0.99).Seconds()*1000, took.String()
		return err
	})
	return v, err
}
