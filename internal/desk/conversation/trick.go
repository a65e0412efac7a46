package conversation

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/unicode/norm"

	"jiesu/internal/desk/knowledge"
)

//go:embed lexicon/tricks.yaml
var trickFile []byte

// tricks tells what is meant for a machine from what is meant for the desk.
type tricks struct {
	normaliser *knowledge.Normaliser
	prompts    *pattern // on normalised clauses
	code       *pattern // on the text as written, in lower case
}

//nolint:gochecknoglobals // the embedded lexicon never changes; it is read once, at the first message
var trickery = sync.OnceValues(newTricks)

func newTricks() (*tricks, error) {
	var data struct {
		Prompts []string `yaml:"prompts"`
		Code    []string `yaml:"code"`
	}
	if err := yaml.UnmarshalWithOptions(trickFile, &data, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("conversation: tricks: %w", err)
	}
	c := newCompiler(nil)
	t := &tricks{normaliser: knowledge.NewNormaliser(), prompts: c.pattern(data.Prompts...), code: c.pattern(data.Code...)}
	return t, c.err
}

// Disarm takes out of text what tries to instruct a machine, and reports
// whether there was any. Of code nothing is left: nobody asks a police bureau
// in it. What is left may be a question like any other.
func Disarm(text string) (rest string, tricked bool) {
	t, err := trickery()
	if err != nil {
		return text, false
	}
	if t.isCode(text) {
		return "", true
	}
	var kept strings.Builder
	for text != "" {
		end := strings.IndexAny(text, "。！？!?；;，,：:\n\r")
		if end < 0 {
			end = len(text)
		} else {
			_, size := utf8.DecodeRuneInString(text[end:])
			end += size
		}
		if clause := text[:end]; t.prompts.fits(t.normaliser.Text(clause)) {
			tricked = true
		} else {
			kept.WriteString(clause)
		}
		text = text[end:]
	}
	rest = kept.String()
	if t.normaliser.Text(rest) == "" {
		rest = ""
	}
	return rest, tricked
}

func (t *tricks) isCode(text string) bool {
	plain := strings.ToLower(norm.NFKC.String(text))
	return t.code.fits(plain) || encoded(text)
}

// encoded reports whether most of text is one run of base64: letters of both
// cases with digits or signs among them, far longer than any word.
func encoded(text string) bool {
	const shortest = 20
	text = strings.TrimSpace(text)
	longest, run := 0, 0
	var upper, lower, other bool
	for _, r := range text {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("+/=-_", r) {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
		upper, lower = upper || unicode.IsUpper(r), lower || unicode.IsLower(r)
		other = other || unicode.IsDigit(r) || strings.ContainsRune("+/=", r)
	}
	return longest >= shortest && longest*3 > utf8.RuneCountInString(text)*2 && upper && lower && other
}
