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
	entries   []knowledge.Entry
	documents []knowledge.Document
	library   *knowledge.Library
	lines     []conversation.Line
	topics    []conversation.Topic
	hotlines  []channel.Hotline
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
	c, err := readContent(dir)
	if err == nil {
		err = c.analyse()
	}
	return c, err
}

// analyse makes the library of what was read.
func (c *content) analyse() (err error) {
	if c.library, err = knowledge.NewLibrary(c.entries, c.documents); err != nil {
		return fmt.Errorf("policy library: %w", err)
	}
	return nil
}

// readContent is loadContent without the library, which takes longest to make.
func readContent(dir string) (content, error) {
	lib, err := faq.Load(LibraryFiles(dir))
	if err != nil {
		return content{}, fmt.Errorf("policy library: %w", err)
	}
	var c content
	c.documents = make([]knowledge.Document, 0, len(lib.Documents))
	byID := make(map[string]knowledge.Document, len(lib.Documents))
	for _, d := range lib.Documents {
		doc := knowledge.Document{
			ID: d.ID, Title: d.Title, Number: d.Number, Issuer: d.Issuer, Index: d.Index, Topic: d.Topic, Written: d.Written,
			Published: d.Published, Effective: d.Effective, Validity: d.Validity, Kind: d.Kind, Note: d.Note,
		}
		c.documents, byID[d.ID] = append(c.documents, doc), doc
	}
	c.entries = make([]knowledge.Entry, 0, len(lib.Entries))
	for _, e := range lib.Entries {
		entry, err := entryOf(e, byID)
		if err != nil {
			return content{}, fmt.Errorf("policy library: %s: %w", e.Path, err)
		}
		c.entries = append(c.entries, entry)
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
