package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"hash/fnv"
	"time"
)

// Lanes is the number of independent chains.
const Lanes = 16

// Entry is one act. Lane, Seq, Prev and Hash are set by [Entry.Link].
type Entry struct {
	Lane   int
	Seq    int64 // 1.. within the lane, without gaps
	At     time.Time
	Actor  string            // user id; "citizen", "system" or "job"
	Action string            // e.g. ticket.dispatch, contact.reveal, session.fail
	Object string            // e.g. ticket/<id>
	Detail map[string]string // codes and ids only
	Prev   []byte            // hash of the entry before it in the lane; nil for the first
	Hash   []byte            // SHA-256
}

// LaneOf is the lane entries about object belong to.
func LaneOf(object string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(object)) // a hash never fails to write
	return int(h.Sum32() % Lanes)
}

// Link places e behind the entry with sequence number seq and hash prev.
func (e *Entry) Link(seq int64, prev []byte) {
	e.Lane, e.Seq, e.Prev = LaneOf(e.Object), seq+1, prev
	e.At = e.At.UTC().Truncate(time.Microsecond)
	e.Hash = e.sum()
}

func (e *Entry) sum() []byte {
	h := sha256.New()
	part := func(b []byte) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		_, _ = h.Write(n[:])
		_, _ = h.Write(b)
	}
	detail, _ := json.Marshal(e.Detail) // a map of strings always marshals, keys sorted
	var n [16]byte
	binary.BigEndian.PutUint64(n[:8], uint64(e.Lane)) //nolint:gosec // 0..15
	binary.BigEndian.PutUint64(n[8:], uint64(e.Seq))  //nolint:gosec // counts up from 1
	part(n[:])
	part([]byte(e.At.Format(time.RFC3339Nano)))
	part([]byte(e.Actor))
	part([]byte(e.Action))
	part([]byte(e.Object))
	part(detail)
	part(e.Prev)
	return h.Sum(nil)
}
