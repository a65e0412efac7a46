package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"io"
)

// The envelope: AES-256-CBC with the beginning of the key as its first block, over
// 16 random bytes, the length of the message in four bytes, the message and the
// id of the account, filled up to a multiple of 32 bytes.
const (
	prefix   = 16
	header   = prefix + 4
	fill     = 32
	keyChars = 43
	keyBytes = 32
)

// readKey reads an EncodingAESKey. The last of its characters carries bits that
// are not part of the key: decoding must not be strict about them.
func readKey(encoding string) ([]byte, bool) {
	if len(encoding) != keyChars {
		return nil, false
	}
	key, err := base64.StdEncoding.DecodeString(encoding + "=")
	return key, err == nil && len(key) == keyBytes
}

// open takes the message for id out of an envelope.
func open(key []byte, id, encrypted string) ([]byte, bool) {
	text, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil || len(text) < 2*aes.BlockSize || len(text)%aes.BlockSize != 0 {
		return nil, false
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, false
	}
	cipher.NewCBCDecrypter(block, key[:aes.BlockSize]).CryptBlocks(text, text)
	filled := int(text[len(text)-1])
	if filled < 1 || filled > fill || filled > len(text)-header {
		return nil, false
	}
	text = text[:len(text)-filled]
	end := header + int64(binary.BigEndian.Uint32(text[prefix:]))
	if end > int64(len(text)) || subtle.ConstantTimeCompare(text[end:], []byte(id)) != 1 {
		return nil, false
	}
	return text[header:end], true
}

// wrap puts a message for id into an envelope.
func wrap(key []byte, id string, message []byte, random io.Reader) (string, error) {
	text := make([]byte, prefix, header+len(message)+len(id)+fill)
	if _, err := io.ReadFull(random, text); err != nil {
		return "", err
	}
	text = binary.BigEndian.AppendUint32(text, uint32(len(message))) //nolint:gosec // a message of ours
	text = append(append(text, message...), id...)
	n := fill - len(text)%fill
	text = append(text, bytes.Repeat([]byte{byte(n)}, n)...)
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", err
	}
	cipher.NewCBCEncrypter(block, key[:aes.BlockSize]).CryptBlocks(text, text)
	return base64.StdEncoding.EncodeToString(text), nil
}
