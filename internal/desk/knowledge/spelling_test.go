package knowledge

import "testing"

func TestSpellingMendsIntoWhatTheLibraryWrites(t *testing.T) {
	t.Parallel()
	lib, err := NewLibrary([]Entry{
		{ID: "a", Question: "身份证丢了怎么补办？"},
		{ID: "b", Question: "户口簿丢了怎么补办？", Variants: []string{"户口本不见了怎么办"}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"shenfenzheng diu le zenme buban": "身份证丢了怎么补办",
		"shenfenzhengdiule怎么补办":           "身份证丢了怎么补办",
		"身份正丢了怎么补办":                       "身份证丢了怎么补办",
		"身份证丢了":                           "身份证丢了",
		"今天天气很好":                          "今天天气很好",
		"KTV 怎么走":                         "ktv 怎么走",
		"":                                "",
	} {
		if got := lib.Mended(in); got != want {
			t.Errorf("Mended(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPinyinSplitsAsFewSyllablesAsPossible(t *testing.T) {
	t.Parallel()
	r := newReadings()
	for run, want := range map[string]int{"xianfenglu": 3, "shenfenzheng": 3, "ktv": 0, "hello": 0, "": 0, "zhuang": 1} {
		if got, _ := r.split(run); len(got) != want {
			t.Errorf("split(%q) has %d syllables, want %d", run, len(got), want)
		}
	}
	if r.read('证') != r.read('正') || r.read('证') == r.read('身') || r.read('a') != 0 {
		t.Error("readings are wrong")
	}
}
