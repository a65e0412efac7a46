package dossier

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// OwnFormat names the form of own.json.
const OwnFormat = "jiesu.own/1"

// Own is what is held about one person in one matter, for that person.
type Own struct {
	Format  string     `json:"format"`
	Number  string     `json:"number"`
	Kind    string     `json:"kind"`
	Status  string     `json:"status"`
	Unit    string     `json:"unit"`
	Channel string     `json:"channel"`
	Created time.Time  `json:"received_at"`
	Due     time.Time  `json:"due_at"`
	Made    time.Time  `json:"copied_at"`
	Erased  time.Time  `json:"erased_at,omitzero"`
	Contact *Applicant `json:"contact,omitempty"`
	Title   string     `json:"title"`
	Text    string     `json:"text"`
	Fields  []Pair     `json:"fields"`
	Consent bool       `json:"publish_consent"`
	Files   []OwnFile  `json:"files"`
	Steps   []OwnStep  `json:"steps"`
	Acts    []OwnStep  `json:"own_acts"`
	Replies []OwnStep  `json:"replies"`
	Said    []OwnWord  `json:"conversation"`
	Cut     bool       `json:"conversation_cut"`
	Given   []OwnGiven `json:"given_to"`
}

// OwnFile is a file of the letter; with no path it is not in the ZIP.
type OwnFile struct {
	File

	Note string `json:"note,omitempty"` // why it is not
}

// OwnStep is something that happened.
type OwnStep struct {
	At   time.Time `json:"at"`
	Name string    `json:"name,omitempty"`
	Text string    `json:"text"`
}

// OwnWord is something that was said in a chat.
type OwnWord struct {
	At   time.Time `json:"at"`
	Who  string    `json:"who"`
	Text string    `json:"text"`
}

// OwnGiven says to whom something of the matter was sent.
type OwnGiven struct {
	At   time.Time `json:"at"`
	To   string    `json:"to"`
	What string    `json:"what"`
}

// WriteOwn writes the ZIP of o. content returns the i-th of its files.
func WriteOwn(w io.Writer, o Own, content func(i int) ([]byte, error)) error {
	o.Format = OwnFormat
	record, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return fmt.Errorf("write own.json: %w", err)
	}
	z := bundle{zip: zip.NewWriter(w), at: o.Made.UTC()}
	if err := z.add("index.html", []byte(ownPage(&o))); err != nil {
		return err
	}
	if err := z.add("own.json", append(record, '\n')); err != nil {
		return err
	}
	for i, f := range o.Files {
		if f.Path == "" {
			continue
		}
		if err := z.addFile(f.File, func() ([]byte, error) { return content(i) }); err != nil {
			return err
		}
	}
	return z.end()
}
