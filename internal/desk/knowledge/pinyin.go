package knowledge

import (
	_ "embed"
	"strings"
)

//go:embed data/pinyin.txt
var pinyinTable string

// firstHan is where the block of common Chinese characters begins.
const firstHan, lastHan = '\u4e00', '\u9fff'

// syllable numbers the toneless Mandarin syllables from 1; 0 is "none".
type syllable uint16

// readings knows how characters are read, one reading each, without tone.
type readings struct {
	of       []syllable // by character, from firstHan
	byName   map[string]syllable
	longest  int
	possible int // number of syllables
}

func newReadings() *readings {
	r := &readings{of: make([]syllable, lastHan-firstHan+1), byName: make(map[string]syllable, 420)}
	for line := range strings.Lines(pinyinTable) {
		name, chars, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || name == "#" {
			continue
		}
		r.possible++
		id := syllable(r.possible) //nolint:gosec // about 400 syllables
		r.byName[name] = id
		r.longest = max(r.longest, len(name))
		for _, c := range chars {
			r.of[c-firstHan] = id
		}
	}
	return r
}

// read is the syllable of a character, or 0.
func (r *readings) read(c rune) syllable {
	if c < firstHan || c > lastHan {
		return 0
	}
	return r.of[c-firstHan]
}

// split cuts a run of letters into syllables, as few as possible, or says that
// it is not pinyin.
func (r *readings) split(run string) ([]syllable, bool) {
	const maxRun = 200
	if len(run) == 0 || len(run) > maxRun {
		return nil, false
	}
	// best[i] is one more than the fewest syllables that spell run[i:]; 0: impossible.
	best := make([]int, len(run)+1)
	next := make([]int, len(run)+1)
	best[len(run)] = 1
	for i := len(run) - 1; i >= 0; i-- {
		for n := 1; n <= r.longest && i+n <= len(run); n++ {
			if best[i+n] == 0 || r.byName[run[i:i+n]] == 0 {
				continue
			}
			if cost := best[i+n] + 1; best[i] == 0 || cost <= best[i] {
				best[i], next[i] = cost, i+n
			}
		}
	}
	if best[0] == 0 {
		return nil, false
	}
	out := make([]syllable, 0, best[0]-1)
	for i := 0; i < len(run); i = next[i] {
		out = append(out, r.byName[run[i:next[i]]])
	}
	return out, true
}
