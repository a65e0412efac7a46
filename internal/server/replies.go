package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
)

type repliesInput struct {
	Category string `query:"category" maxLength:"64" doc:"code, see categories; empty: any"`
	After    string `query:"after" maxLength:"100" doc:"next of the page before"`
	Limit    int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

type searchRepliesInput struct {
	Body struct {
		Text     string `json:"text" doc:"2 to 100 characters; words apart by blanks are all in what is found"`
		Category string `json:"category,omitempty" maxLength:"64"`
		After    string `json:"after,omitempty" maxLength:"100" doc:"next of the page before"`
		Limit    int    `json:"limit,omitempty" minimum:"1" maximum:"50" default:"20"`
	}
}

type repliesBody struct {
	Replies []PublicReplyBody `json:"replies" nullable:"false"`
	Next    string            `json:"next" doc:"after of the next page; empty: no more"`

	Categories []replyCategoryBody `json:"categories,omitempty" doc:"of all that is published; not in a search"`
}

type replyCategoryBody struct {
	Code string `json:"code"`
	Name string `json:"name"`
	N    int    `json:"n"`
}

// PublicReplyBody is a reply that everybody may read.
type PublicReplyBody struct {
	ID        string       `json:"id"`
	Kind      channel.Kind `json:"kind"`
	Category  string       `json:"category"`
	Name      string       `json:"category_name"`
	Unit      string       `json:"unit" doc:"shown name"`
	Title     string       `json:"title"`
	Asked     string       `json:"asked,omitempty" doc:"absent where its writer did not agree to have it published"`
	Text      string       `json:"text"`
	Redacted  bool         `json:"redacted" doc:"something was hidden"`
	Received  time.Time    `json:"received_at"`
	Answered  time.Time    `json:"answered_at"`
	Published time.Time    `json:"published_at" doc:"this version"`
	Version   int          `json:"version"`
}

func newPublicReply(p desk.PublicReplyView) PublicReplyBody {
	return PublicReplyBody{
		ID: p.ID, Kind: p.Kind, Category: p.Category, Name: p.CategoryName, Unit: p.UnitName, Title: p.Title, Asked: p.Asked, Text: p.Text, Redacted: p.Redacted,
		Received: shown(p.Received), Answered: shown(p.Answered), Published: shown(p.Published), Version: p.Version,
	}
}

func newReplies(page desk.ReplyPage) repliesBody {
	return repliesBody{Replies: list(page.Replies, newPublicReply), Next: page.Next}
}

func (s *Server) replyRoutes() {
	op := func(id, method, path, summary string, problems ...int) operation {
		return operation{id: id, method: method, path: "/api/v1/replies" + path, tag: "replies", summary: summary, status: http.StatusOK, problems: problems}
	}
	register(s, op("replies", http.MethodGet, "", "Replies to letters that everybody may read, the newest first"),
		func(ctx context.Context, in *repliesInput) (*body[repliesBody], error) {
			page, err := s.desk.PublicReplies(ctx, desk.ReplyFilter{Category: in.Category, After: in.After, Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			out := newReplies(page)
			categories, err := s.desk.ReplyCategories(ctx)
			out.Categories = list(categories, func(c desk.ReplyCategory) replyCategoryBody { return replyCategoryBody(c) })
			return respond(out, err)
		})
	register(s, op("search-replies", http.MethodPost, "/search", "Replies with some words, the newest first"),
		func(ctx context.Context, in *searchRepliesInput) (*body[repliesBody], error) {
			b := in.Body
			page, err := s.desk.PublicReplies(ctx, desk.ReplyFilter{Query: b.Text, Category: b.Category, After: b.After, Limit: b.Limit})
			return respond(newReplies(page), err)
		})
	register(s, op("reply", http.MethodGet, "/{id}", "One of them", http.StatusNotFound),
		func(ctx context.Context, in *textInput) (*body[PublicReplyBody], error) {
			p, err := s.desk.PublicReply(ctx, in.ID)
			return respond(newPublicReply(p), err)
		})
	register(s, op("reply-statistics", http.MethodGet, "/statistics", "How many letters the last twelve months brought, and what became of them"),
		func(ctx context.Context, _ *nothing) (*body[messageFiguresBody], error) {
			f, err := s.desk.MessageFigures(ctx)
			return respond(newMessageFigures(f), err)
		})
}

type messageFiguresBody struct {
	Months []monthOfMessagesBody `json:"months" nullable:"false" doc:"by when letters came in, the newest first"`
	Total  MessageCountsBody     `json:"total"`
}

type monthOfMessagesBody struct {
	Month string    `json:"month" example:"2026-11"`
	At    time.Time `json:"at" doc:"when it was counted: the last two months at most an hour ago, the others a day"`
	MessageCountsBody
}

// MessageCountsBody are messages to people by what became of them.
type MessageCountsBody struct {
	Received    int64    `json:"received" doc:"consult, help, complaint, suggestion, praise, site_error; reports are in no figure"`
	Accepted    int64    `json:"accepted"`
	Declined    int64    `json:"declined"`
	Withdrawn   int64    `json:"withdrawn"`
	Transferred int64    `json:"transferred"`
	Valid       int64    `json:"valid" doc:"received, less declined, withdrawn and transferred"`
	Answered    int64    `json:"answered"`
	OnTime      int64    `json:"on_time" doc:"answered for the first time before the date"`
	Published   int64    `json:"published" doc:"answered, and everybody may read it"`
	Rate        *float64 `json:"rate" doc:"答复率: published ÷ valid"`
}

func newMessageCounts(c *desk.MessageCounts) MessageCountsBody {
	b := MessageCountsBody{
		Received: c.Received, Accepted: c.Accepted, Declined: c.Declined, Withdrawn: c.Withdrawn, Transferred: c.Transferred, Valid: c.Valid(),
		Answered: c.Answered, OnTime: c.OnTime, Published: c.Published,
	}
	if b.Valid > 0 {
		rate := float64(b.Published) / float64(b.Valid)
		b.Rate = &rate
	}
	return b
}

func newMessageFigures(f desk.MessageFigures) messageFiguresBody {
	return messageFiguresBody{Total: newMessageCounts(&f.Total), Months: list(f.Months, func(m desk.MonthOfMessages) monthOfMessagesBody {
		return monthOfMessagesBody{Month: m.Month, At: shown(m.At), MessageCountsBody: newMessageCounts(&m.MessageCounts)}
	})}
}
