package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"hash"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// Algorithm is what a key is used with.
type Algorithm string

// The algorithms there are: two that seal and two that fingerprint.
const (
	AES256GCM  Algorithm = "aes-256-gcm"
	SM4GCM     Algorithm = "sm4-gcm" // GM/T 0002-2012
	HMACSHA256 Algorithm = "hmac-sha256"
	HMACSM3    Algorithm = "hmac-sm3" // GM/T 0004-2012
)

// Suite is the algorithms new keys are made for.
type Suite struct{ Sealing, Index Algorithm }

// International is what is used unless something else is asked for.
func International() Suite { return Suite{AES256GCM, HMACSHA256} }

// Commercial is the national suite (商用密码).
func Commercial() Suite { return Suite{SM4GCM, HMACSM3} }

// size is the length of an algorithm's keys in bytes; 0: there is no such algorithm.
func (a Algorithm) size() int {
	switch a {
	case AES256GCM, HMACSHA256, HMACSM3:
		return 32
	case SM4GCM:
		return sm4.BlockSize
	default:
		return 0
	}
}

// seals tells keys that close values from those that fingerprint them.
func (a Algorithm) seals() bool { return a == AES256GCM || a == SM4GCM }

func (a Algorithm) hash() func() hash.Hash {
	if a == HMACSM3 {
		return sm3.New
	}
	return sha256.New
}

func (a Algorithm) sealer(key []byte) (cipher.AEAD, error) {
	if a == SM4GCM {
		block, err := sm4.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("seal: %w", err)
		}
		sealer, err := cipher.NewGCM(block)
		return randomNonce{sealer}, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// randomNonce draws nonces as [cipher.NewGCMWithRandomNonce] does, which takes AES
// alone.
type randomNonce struct{ cipher.AEAD }

func (s randomNonce) NonceSize() int { return 0 }

func (s randomNonce) Overhead() int { return s.AEAD.NonceSize() + s.AEAD.Overhead() }

func (s randomNonce) Seal(dst, _, plain, aad []byte) []byte {
	nonce := make([]byte, s.AEAD.NonceSize())
	_, _ = rand.Read(nonce) // never fails: the runtime stops the program instead
	return s.AEAD.Seal(append(dst, nonce...), nonce, plain, aad)
}

func (s randomNonce) Open(dst, _, sealed, aad []byte) ([]byte, error) {
	n := s.AEAD.NonceSize()
	if len(sealed) < n {
		return nil, ErrBroken
	}
	return s.AEAD.Open(dst, sealed[:n], sealed[n:], aad)
}
