package wechat

import (
	"crypto/sha1" //nolint:gosec // laid down by the peer
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"strings"
)

// Signature is the hexadecimal SHA-1 of the parts, sorted by their bytes and
// joined: of token, timestamp and nonce for signature, and of these and the
// encrypted text for msg_signature.
func Signature(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, ""))) //nolint:gosec // laid down by the peer
	return hex.EncodeToString(sum[:])
}

// signed reports in constant time whether signature is that of the parts.
func signed(signature string, parts ...string) bool {
	return subtle.ConstantTimeCompare([]byte(signature), []byte(Signature(parts...))) == 1
}
