package ticket

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"time"

	"jiesu/internal/desk/ticket/deadline"
)

// crockford is base32 without the letters people mistake for digits.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const (
	serials   = 100_000_000 // serial numbers a day
	codeBytes = 10          // 80 bits, 16 characters
)

// NewNumber returns the number of a ticket opened at the given time: the
// Beijing day and eight random digits, e.g. 261122-4827-1935. It says nothing
// about how many letters came before; a taken number is drawn again by the caller.
func NewNumber(at time.Time, random io.Reader) (string, error) {
	// The largest multiple of serials below 2³²: beyond it the draw would favour
	// small numbers, and is made again.
	const limit = (1 << 32) / serials * serials
	var b [4]byte
	for {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("draw ticket number: %w", err)
		}
		if n := binary.BigEndian.Uint32(b[:]); n < limit {
			n %= serials
			return fmt.Sprintf("%s-%04d-%04d", at.In(deadline.Beijing()).Format("060102"), n/10_000, n%10_000), nil
		}
	}
}

// NewQueryCode returns the secret that opens a ticket's timeline together with
// its number: 80 random bits, e.g. 7K2M-9QXB-3T0V-HAPD. It is shown once and
// stored as [HashCode] only.
func NewQueryCode(random io.Reader) (string, error) {
	var b [codeBytes]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("draw query code: %w", err)
	}
	return grouped(base32.NewEncoding(crockford).EncodeToString(b[:]), 4, 4, 4), nil
}

// HashCode is what is stored of a query code: HMAC-SHA256 under a key outside
// of the database, bound to the ticket's number.
func HashCode(key []byte, number, code string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(number + "\x00" + code)) // a hash never fails to write
	return h.Sum(nil)
}

// CodeMatches reports, in the same time for right and wrong, whether code opens
// the ticket whose stored hash is given. Number and code must be normalised.
func CodeMatches(key, hash []byte, number, code string) bool {
	return hmac.Equal(hash, HashCode(key, number, code))
}

// NormaliseNumber turns what somebody typed as a ticket number into the form
// [NewNumber] gives out. It forgives blanks, missing dashes, full-width
// characters, and O for 0 or I and L for 1. What cannot be a number is empty.
func NormaliseNumber(s string) string {
	return grouped(squeeze(s, 14, "0123456789"), 6, 4)
}

// NormaliseCode does for query codes what [NormaliseNumber] does for numbers;
// case does not matter.
func NormaliseCode(s string) string {
	return grouped(squeeze(s, 16, crockford), 4, 4, 4)
}

// squeeze drops what people put between the characters of the alphabet. What is
// left is n characters, or empty.
func squeeze(s string, n int, alphabet string) string {
	if len(s) > 200 { // no number needs as much; spares work on hostile input
		return ""
	}
	var b strings.Builder
	for _, r := range s {
		if r > '\uFF00' && r <= '\uFF5E' { // full-width forms of ASCII
			r -= 0xFEE0
		}
		switch r {
		case ' ', '\t', '\n', '\r', '\u00A0', '\u3000', '-', '_', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2015', '\u2212':
			continue
		case 'o', 'O':
			r = '0'
		case 'i', 'I', 'l', 'L':
			r = '1'
		}
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		if !strings.ContainsRune(alphabet, r) || b.Len() == n {
			return ""
		}
		b.WriteRune(r)
	}
	if b.Len() != n {
		return ""
	}
	return b.String()
}

// grouped puts a dash behind each of the given lengths.
func grouped(s string, lengths ...int) string {
	var parts []string
	for _, n := range lengths {
		if len(s) <= n {
			break
		}
		parts = append(parts, s[:n])
		s = s[n:]
	}
	return strings.Join(append(parts, s), "-")
}
