package search_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/search"
)

// generated makes n entries of a made-up bureau: every thing with every act,
// told apart by place names that are characters with no other meaning here.
func generated(n, variants int) []knowledge.Entry {
	things := []string{"身份证", "户口簿", "居住证", "护照", "港澳通行证", "驾驶证", "行驶证", "电动自行车牌照", "养犬登记证", "无犯罪记录证明", "边境通行证", "保安员证", "印章", "信息公开申请", "临时号牌"}
	acts := []string{"补办", "换领", "注销", "变更", "查询进度", "委托代办", "异地办理", "到期续签", "预约办理", "加急办理"}
	asks := []string{"要什么材料", "多少钱", "多久能办好", "在哪里办", "有什么条件", "网上能办吗", "可以邮寄吗", "被退回怎么办"}
	out := make([]knowledge.Entry, n)
	for i := range out {
		thing, act, ask := things[i%len(things)], acts[i/len(things)%len(acts)], asks[i/(len(things)*len(acts))%len(asks)]
		place := fmt.Sprintf("%c%c区", rune('\u5c00'+i%97), rune('\u6d00'+i/97%103))
		e := knowledge.Entry{
			ID: fmt.Sprintf("e%05d", i), Version: 1, Question: place + thing + act + ask + "？",
			Answer: place + "的" + thing + act + "，请带本人证件到办证窗口，当场受理，符合条件的按规定时限办结。", Keywords: []string{thing, act},
		}
		for v := range variants {
			e.Variants = append(e.Variants, []string{"我想", "请问", "在", "到", "去", "关于", "听说", "老人"}[v%8]+place+act+thing+asks[(i+v)%len(asks)])
		}
		out[i] = e
	}
	return out
}

func BenchmarkIndex10k(b *testing.B) {
	for _, variants := range []int{0, 8} {
		b.Run(fmt.Sprintf("variants=%d", variants), func(b *testing.B) {
			entries := generated(10_000, variants)
			for b.Loop() {
				if err := search.NewEmbedded().Replace(context.Background(), entries); err != nil {
					b.Fatal(err)
				}
				if _, err := knowledge.NewLibrary(entries, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAsk10k(b *testing.B) {
	for _, variants := range []int{0, 8} {
		b.Run(fmt.Sprintf("variants=%d", variants), func(b *testing.B) { benchmarkAsk(b, generated(10_000, variants)) })
	}
}

// BenchmarkMeilisearch10k asks a real server, where one is named.
func BenchmarkMeilisearch10k(b *testing.B) {
	for _, variants := range []int{0, 8} {
		b.Run(fmt.Sprintf("variants=%d", variants), func(b *testing.B) {
			entries, index := generated(10_000, variants), onServer(b)
			from := time.Now()
			if err := index.Replace(b.Context(), entries); err != nil {
				b.Fatal(err)
			}
			took := time.Since(from)
			benchmarkQuestions(b, index, entries)
			b.ReportMetric(took.Seconds(), "index-s")
		})
	}
}

func benchmarkAsk(b *testing.B, entries []knowledge.Entry) {
	b.Helper()
	index := search.NewEmbedded()
	if err := index.Replace(context.Background(), entries); err != nil {
		b.Fatal(err)
	}
	benchmarkQuestions(b, index, entries)
}

func benchmarkQuestions(b *testing.B, index knowledge.Index, entries []knowledge.Entry) {
	b.Helper()
	ctx := context.Background()
	lib, err := knowledge.NewLibrary(entries, nil)
	if err != nil {
		b.Fatal(err)
	}
	m := knowledge.NewMatcher(index)
	questions := []string{
		"身份证丢了怎么补办", "我的驾照到期了在哪里换", "hukouben diu le zenme ban", "護照加急辦理要多少錢", "电动车上牌要什么材料",
		"今天天气怎么样", "您好，我想问一下老人的居住证可以让别人代办吗，要带什么", "港澳通行证 网上", "养狗登记证注销多久能办好",
	}
	took := make([]time.Duration, 0, 1<<16)
	at := time.Now()
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		if _, _, err := m.Match(ctx, lib, questions[i%len(questions)], at); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1e3, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1e3, "p99-ms")
}
