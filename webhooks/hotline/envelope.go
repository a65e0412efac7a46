package hotline

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm4"
)

// Envelope is a lock of the national algorithms (GM/T 0002 to 0004): the body is
// encrypted with SM4-CBC under a key both have, and signed with SM2 over SM3. The
// first block is the initial vector, drawn anew each time. Signed is what is
// encrypted, with time and nonce: nothing is decrypted that is not the other
// side's, so nobody can learn from how it fails.
type Envelope struct {
	block  cipher.Block
	ours   *sm2.PrivateKey
	theirs *ecdsa.PublicKey
	random io.Reader
}

// NewEnvelope returns the lock. The key has 16 bytes, ours is a private key of 32
// bytes, theirs a public key: 04 and its two coordinates; all in hex.
func NewEnvelope(key, ours, theirs string, random io.Reader) (*Envelope, error) {
	secret, err := hex.DecodeString(key)
	if err != nil || len(secret) != sm4.BlockSize {
		return nil, errors.New("hotline: an SM4 key has 32 digits of hex")
	}
	block, err := sm4.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	private, err := hex.DecodeString(ours)
	if err != nil {
		return nil, errors.New("hotline: an SM2 private key has 64 digits of hex")
	}
	e := &Envelope{block: block, random: random}
	if e.ours, err = sm2.NewPrivateKey(private); err != nil {
		return nil, errors.New("hotline: an SM2 private key has 64 digits of hex")
	}
	public, err := hex.DecodeString(theirs)
	if err != nil {
		return nil, errors.New("hotline: an SM2 public key is 04 and 128 digits of hex")
	}
	if e.theirs, err = sm2.NewPublicKey(public); err != nil {
		return nil, errors.New("hotline: an SM2 public key is 04 and 128 digits of hex")
	}
	return e, nil
}

// sealed is the body of a request.
type sealed struct {
	Data      string `json:"encryptData"`
	Timestamp string `json:"timestamp"`
	Nonce     string `json:"nonce"`
	Sign      string `json:"sign"`
}

func (s *sealed) signed() []byte { return []byte(s.Data + "\n" + s.Timestamp + "\n" + s.Nonce) }

// Open checks time, nonce and signature, and decrypts.
func (e *Envelope) Open(r Request, now time.Time) ([]byte, error) { return e.Unwrap(r.Body, now) }

// Unwrap opens an answer, which is in the same envelope.
func (e *Envelope) Unwrap(body []byte, now time.Time) ([]byte, error) {
	var s sealed
	if json.Unmarshal(body, &s) != nil || !fresh(s.Timestamp, s.Nonce, now) {
		return nil, ErrRefused
	}
	return e.open(&s)
}

func (e *Envelope) open(s *sealed) ([]byte, error) {
	sign, err := hex.DecodeString(s.Sign)
	if err != nil || !sm2.VerifyASN1WithSM2(e.theirs, nil, s.signed(), sign) {
		return nil, ErrRefused
	}
	text, err := base64.StdEncoding.DecodeString(s.Data)
	if err != nil || len(text) < 2*sm4.BlockSize || len(text)%sm4.BlockSize != 0 {
		return nil, ErrRefused
	}
	iv, text := text[:sm4.BlockSize], text[sm4.BlockSize:]
	cipher.NewCBCDecrypter(e.block, iv).CryptBlocks(text, text)
	filled := int(text[len(text)-1])
	if filled < 1 || filled > sm4.BlockSize || !bytes.HasSuffix(text, bytes.Repeat([]byte{byte(filled)}, filled)) {
		return nil, ErrRefused
	}
	return text[:len(text)-filled], nil
}

// Seal encrypts and signs the body of r.
func (e *Envelope) Seal(_ context.Context, r *Request, now time.Time) error {
	iv := make([]byte, sm4.BlockSize)
	if _, err := io.ReadFull(e.random, iv); err != nil {
		return err
	}
	nonce, err := newNonce(e.random)
	if err != nil {
		return err
	}
	n := sm4.BlockSize - len(r.Body)%sm4.BlockSize
	text := slices.Concat(iv, r.Body, bytes.Repeat([]byte{byte(n)}, n))
	cipher.NewCBCEncrypter(e.block, iv).CryptBlocks(text[len(iv):], text[len(iv):])
	s := sealed{Data: base64.StdEncoding.EncodeToString(text), Timestamp: strconv.FormatInt(now.UnixMilli(), 10), Nonce: nonce}
	sign, err := e.ours.SignWithSM2(e.random, nil, s.signed())
	if err != nil {
		return err
	}
	s.Sign = hex.EncodeToString(sign)
	r.Body, err = json.Marshal(s)
	return err
}
