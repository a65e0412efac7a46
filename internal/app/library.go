package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"jiesu/faq"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
)

// content is everything the robot may say, as the desk wants it.
type content struct {
	library  *knowledge.Library
	lines    []conversation.Line
	topics   []conversation.Topic
	hotlines []channel.Hotline
}

// LibraryFiles is the folder of the bureau's own library, or the shipped one
// where none is named.
func LibraryFiles(dir string) fs.FS {
	if dir == "" {
		return faq.Shipped()
	}
	return os.DirFS(dir)
}

func loadContent(dir string) (content, error) {
	lib, err := faq.Load(LibraryFiles(dir))
	if err != nil {
		return content{}, fmt.Errorf("policy library: %w", err)
	}
	var c content
	documents := make([]knowledge.Document, 0, len(lib.Documents))
	byID := make(map[string]knowledge.Document, len(lib.Documents))
	for _, d := range lib.Documents {
		doc := knowledge.Document{
			ID: d.ID, Title: d.Title, Number: d.Number, Issuer: d.Issuer, Index: d.Index, Topic: d.Topic, Written: d.Written,
			Published: d.Published, Effective: d.Effective, Validity: d.Validity, Kind: d.Kind, Note: d.Note,
		}
		documents, byID[d.ID] = append(documents, doc), doc
	}
	entries := make([]knowledge.Entry, 0, len(lib.Entries))
	for _, e := range lib.Entries {
		entry, err := entryOf(e, byID)
		if err != nil {
			return content{}, fmt.Errorf("policy library: %s: %w", e.Path, err)
		}
		entries = append(entries, entry)
	}
	if c.library, err = knowledge.NewLibrary(entries, documents); err != nil {
		return content{}, fmt.Errorf("policy library: %w", err)
	}
	for _, l := range lib.Lines {
		c.lines = append(c.lines, conversation.Line(l))
	}
	for _, t := range lib.Topics {
		c.topics = append(c.topics, conversation.Topic(t))
	}
	for _, h := range lib.Hotlines {
		c.hotlines = append(c.hotlines, channel.Hotline(h))
	}
	return c, nil
}

func entryOf(e faq.Entry, documents map[string]knowledge.Document) (knowledge.Entry, error) {
	from, errFrom := faq.Date(e.ValidFrom)
	to, errTo := faq.Date(e.ValidTo)
	review, errReview := faq.Date(e.ReviewBy)
	entry := knowledge.Entry{
		ID: e.ID, Version: e.Version, Question: e.Question, Variants: e.Variants, Answer: e.Answer, Category: e.Category,
		Audience: e.Audience, Keywords: e.Keywords, Owner: e.Owner, Local: e.Local, Certainty: e.Certainty, Sample: e.Sample,
		ValidFrom: from, ValidTo: to, ReviewBy: review,
	}
	for _, b := range e.Basis {
		d := documents[b.Document]
		entry.Basis = append(entry.Basis, knowledge.Basis{Document: d.ID, Title: d.Title, Number: d.Number, Article: b.Article})
	}
	if e.Item != nil {
		item := knowledge.ServiceItem(*e.Item)
		entry.Item = &item
	}
	return entry, errors.Join(errFrom, errTo, errReview)
}
