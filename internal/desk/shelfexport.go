package desk

import (
	"context"
	"strconv"

	"jiesu/internal/desk/knowledge/sheet"
	"jiesu/internal/desk/review"
)

// ExportLibrary is the library in use as rows of a sheet, in library order.
// Imported again without a change it changes nothing.
func (d *Desk) ExportLibrary(ctx context.Context, a Actor) ([]sheet.Row, error) {
	a = d.deputed(a)
	if !a.any((*Actor).keepsShelf) {
		return nil, noShelf()
	}
	if err := d.ReloadLibrary(ctx); err != nil {
		return nil, err
	}
	at := d.at()
	var rows []sheet.Row
	for _, e := range d.Library().Entries() {
		t := entryText{Entry: e}
		cells := t.cells()
		cells[sheet.Version], cells[sheet.State], cells[sheet.Sample] = strconv.Itoa(e.Version), string(d.entryState(&e, at)), strconv.FormatBool(e.Sample)
		rows = append(rows, sheet.Row{Cells: cells})
	}
	return rows, nil
}

// cells is an entry as the cells of a row.
func (t *entryText) cells() map[string]string {
	c := t.content(review.Disclosure{})
	cells := map[string]string{sheet.ID: t.ID, sheet.Owner: t.Owner, sheet.Question: c.Title, sheet.Answer: c.Body}
	for _, a := range c.Attributes {
		cells[a.Name] = a.Value
	}
	return sheet.Tidy(cells)
}

// entryContent is what a row says as the content of a text.
func entryContent(cells map[string]string, d review.Disclosure) review.Content {
	c := review.Content{Title: cells[sheet.Question], Body: cells[sheet.Answer], Disclosure: d}
	for _, column := range sheet.Columns() {
		switch column.ID {
		case sheet.ID, sheet.Owner, sheet.Question, sheet.Answer:
			continue
		}
		if s := cells[column.ID]; s != "" && !column.Filled {
			c.Attributes = append(c.Attributes, review.Attribute{Name: column.ID, Value: s})
		}
	}
	return c
}
