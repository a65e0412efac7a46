package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"jiesu/internal/desk/knowledge"
)

type vectorRow struct {
	bun.BaseModel `bun:"table:question_vector"`

	Model    string `bun:",pk"`
	Hash     []byte `bun:",pk"`
	ValuesLE []byte `bun:"values_le"`
}

// hashesAtOnce is how many hashes one statement takes.
const hashesAtOnce = 32

// amongHashes is the condition to be one of hashesAtOnce hashes, which come
// after the first argument.
func amongHashes() string {
	marks := make([]string, hashesAtOnce)
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(i+2)
	}
	return " AND hash IN (" + strings.Join(marks, ", ") + ")"
}

// arguments are model and hashes for [amongHashes]; the last hash fills up.
func arguments(model string, hashes [][]byte) []any {
	args := []any{clean(model)}
	for i := range hashesAtOnce {
		args = append(args, hashes[min(i, len(hashes)-1)])
	}
	return args
}

// Vectors returns those of the questions that are kept for a model.
func (s *Store) Vectors(ctx context.Context, model string, hashes [][]byte) ([]knowledge.Vector, error) {
	var found []knowledge.Vector
	for some := range slices.Chunk(hashes, hashesAtOnce) {
		rows, err := all[vectorRow](ctx, s.view, "WHERE model = $1"+amongHashes(), arguments(model, some)...)
		if err != nil {
			return nil, failure("read vectors", err)
		}
		for _, r := range rows {
			v := knowledge.Vector{Hash: r.Hash, Values: make([]float32, len(r.ValuesLE)/4)}
			if _, err := binary.Decode(r.ValuesLE, binary.LittleEndian, v.Values); err != nil {
				return nil, fmt.Errorf("store: read vectors: %w", err)
			}
			found = append(found, v)
		}
	}
	return found, nil
}

// SaveVectors keeps the vectors of questions; what was kept before is replaced.
func (s *Store) SaveVectors(ctx context.Context, model string, vs []knowledge.Vector) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		rows := make([]vectorRow, len(vs))
		for i, v := range vs {
			raw := make([]byte, 0, 4*len(v.Values))
			for _, x := range v.Values {
				raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
			}
			rows[i] = vectorRow{Model: model, Hash: v.Hash, ValuesLE: raw}
		}
		_, err := insert(ctx, t, " ON CONFLICT (model, hash) DO UPDATE SET values_le = excluded.values_le", rows...)
		return failure("save vectors", err)
	})
}

// KeepVectors forgets every vector of other models, and of the model every
// question but these.
func (s *Store) KeepVectors(ctx context.Context, model string, hashes [][]byte) error {
	rows, err := query[vectorRow](ctx, s.view, "SELECT model, hash FROM question_vector WHERE model = $1", model)
	if err != nil {
		return failure("read vectors", err)
	}
	kept := make(map[string]bool, len(hashes))
	for _, h := range hashes {
		kept[string(h)] = true
	}
	var unused [][]byte
	for _, r := range rows {
		if !kept[string(r.Hash)] {
			unused = append(unused, r.Hash)
		}
	}
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.exec(ctx, "DELETE FROM question_vector WHERE model <> $1", clean(model)); err != nil {
			return failure("forget vectors", err)
		}
		for some := range slices.Chunk(unused, hashesAtOnce) {
			if _, err := t.exec(ctx, "DELETE FROM question_vector WHERE model = $1"+amongHashes(), arguments(model, some)...); err != nil {
				return failure("forget vectors", err)
			}
		}
		return nil
	})
}
