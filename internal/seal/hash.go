package seal

import (
	"encoding/binary"
	"hash"
)

// fingerprint feeds domain and value to h such that no two pairs look alike.
func fingerprint(h hash.Hash, domain, value string) []byte {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(domain)))
	_, _ = h.Write(n[:]) // a hash never fails to write
	_, _ = h.Write([]byte(domain))
	_, _ = h.Write([]byte(value))
	return h.Sum(nil)
}
