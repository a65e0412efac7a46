package seal

import "crypto/cipher"

// Sealer is what a key of the algorithm seals with.
func (a Algorithm) Sealer(key []byte) (cipher.AEAD, error) { return a.sealer(key) }

// Sum is the hash of the algorithm's fingerprints.
func (a Algorithm) Sum(text string) []byte {
	h := a.hash()()
	_, _ = h.Write([]byte(text))
	return h.Sum(nil)
}
