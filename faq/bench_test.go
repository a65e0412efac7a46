package faq

import "testing"

// BenchmarkLoad is what the library costs at every start.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(Shipped()); err != nil {
			b.Fatal(err)
		}
	}
}
