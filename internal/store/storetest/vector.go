package storetest

import (
	"bytes"
	"fmt"
	"math"
	"slices"

	"jiesu/internal/desk/knowledge"
)

// vectors are n vectors, more than one statement takes, with odd values.
func vectors(n int) ([]knowledge.Vector, [][]byte) {
	var vs []knowledge.Vector
	var hashes [][]byte
	for i := range n {
		v := knowledge.Vector{Hash: fmt.Appendf(nil, "\x00\xff%04d", i), Values: []float32{float32(i), -0.25, math.SmallestNonzeroFloat32}}
		vs, hashes = append(vs, v), append(hashes, v.Hash)
	}
	return vs, hashes
}

func sortedVectors(vs []knowledge.Vector) []knowledge.Vector {
	return slices.SortedFunc(slices.Values(vs), func(a, b knowledge.Vector) int { return bytes.Compare(a.Hash, b.Hash) })
}

func testVectors(k *kit) {
	vs, hashes := vectors(70)
	ok(k, k.SaveVectors(k.Context(), "m1", vs))
	ok(k, k.SaveVectors(k.Context(), "m2", vs[:1]))
	got, err := k.Vectors(k.Context(), "m1", append([][]byte{[]byte("unknown")}, hashes...))
	ok(k, err)
	same(k, "vectors", sortedVectors(got), vs)

	vs[3].Values = []float32{9}
	ok(k, k.SaveVectors(k.Context(), "m1", vs[3:4]))
	got, err = k.Vectors(k.Context(), "m1", hashes[3:4])
	ok(k, err)
	same(k, "replaced vector", got, vs[3:4])

	for _, none := range []struct {
		model  string
		hashes [][]byte
	}{{"m3", hashes}, {"m2", hashes[1:]}, {"m1", nil}} {
		got, err = k.Vectors(k.Context(), none.model, none.hashes)
		ok(k, err)
		same(k, "vectors of "+none.model, len(got), 0)
	}
}

func testKeepVectors(k *kit) {
	vs, hashes := vectors(70)
	ok(k, k.SaveVectors(k.Context(), "m1", vs))
	ok(k, k.SaveVectors(k.Context(), "m2", vs))
	ok(k, k.KeepVectors(k.Context(), "m1", hashes[60:]))
	got, err := k.Vectors(k.Context(), "m1", hashes)
	ok(k, err)
	same(k, "kept", sortedVectors(got), vs[60:])
	got, err = k.Vectors(k.Context(), "m2", hashes)
	ok(k, err)
	same(k, "kept of another model", len(got), 0)
	ok(k, k.KeepVectors(k.Context(), "m1", nil))
	got, err = k.Vectors(k.Context(), "m1", hashes)
	ok(k, err)
	same(k, "kept of nothing", len(got), 0)
}
