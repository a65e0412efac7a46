package desk

import (
	"path"
	"strconv"
	"strings"
	"unicode"

	"jiesu/internal/desk/channel"
)

// maxEnding is the longest ending of a file name that is taken for one.
const maxEnding = 5

// sealView takes out of a report's view what tells who wrote it: people sign
// their texts and name files after themselves.
func sealView(v *TicketView, c channel.Contact, known bool) {
	for i := range v.Files {
		v.Files[i].Name = plainName(i, v.Files[i].Name)
	}
	if !known {
		return
	}
	hide := writerHidden(&c)
	v.Letter.Title, v.Letter.Text = hide.Replace(v.Letter.Title), hide.Replace(v.Letter.Text)
	for name, value := range v.Letter.Fields {
		v.Letter.Fields[name] = hide.Replace(value)
	}
}

// plainName is what the i-th file of a report is called; was gives its ending.
func plainName(i int, was string) string {
	ending := path.Ext(was)
	if len(ending) > maxEnding || strings.ContainsFunc(strings.TrimPrefix(ending, "."), func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		ending = ""
	}
	return "附件" + strconv.Itoa(i+1) + ending
}
