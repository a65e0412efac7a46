package wechattest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // laid down by WeChat
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Pusher sends messages to a callback address as WeChat's servers do, and reads
// what is answered. It is written by the specification and shares no code with
// the package it tests.
type Pusher struct {
	AppID, Token string
	Key          string // EncodingAESKey; empty: plain mode
	Compat       bool   // with the message in the clear beside it
}

// sign is the signature of parts.
func sign(parts ...string) string {
	sort.Strings(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, ""))) //nolint:gosec // laid down by WeChat
	return hex.EncodeToString(sum[:])
}

// Query is the query of a request that has nothing but a signature, such as the
// check of an address.
func (p *Pusher) Query(at time.Time) url.Values {
	stamp, nonce := strconv.FormatInt(at.Unix(), 10), "1514711492"
	return url.Values{"signature": {sign(p.Token, stamp, nonce)}, "timestamp": {stamp}, "nonce": {nonce}}
}

// Push is a message, in XML or JSON, as it is sent: query and body.
func (p *Pusher) Push(message string, at time.Time) (url.Values, string) {
	q := p.Query(at)
	if p.Key == "" {
		return q, message
	}
	encrypted := p.encrypt([]byte(message))
	q.Set("encrypt_type", "aes")
	q.Set("msg_signature", sign(p.Token, q.Get("timestamp"), q.Get("nonce"), encrypted))
	isJSON := strings.HasPrefix(message, "{")
	switch {
	case isJSON && p.Compat:
		return q, strings.TrimSuffix(message, "}") + `,"Encrypt":"` + encrypted + `"}`
	case isJSON:
		return q, `{"ToUserName":"gh_x","Encrypt":"` + encrypted + `"}`
	case p.Compat:
		return q, strings.TrimSuffix(message, "</xml>") + "<Encrypt><![CDATA[" + encrypted + "]]></Encrypt></xml>"
	}
	return q, "<xml><ToUserName><![CDATA[gh_x]]></ToUserName><Encrypt><![CDATA[" + encrypted + "]]></Encrypt></xml>"
}

func (p *Pusher) block() ([]byte, cipher.Block) {
	key, err := base64.StdEncoding.DecodeString(p.Key + "=")
	if err != nil {
		panic(err) // of a test
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	return key, block
}

func (p *Pusher) encrypt(message []byte) string {
	key, block := p.block()
	var b bytes.Buffer
	random := make([]byte, 16)
	_, _ = rand.Read(random)
	b.Write(random)
	_ = binary.Write(&b, binary.BigEndian, uint32(len(message))) //nolint:gosec // of a test
	b.Write(message)
	b.WriteString(p.AppID)
	pad := 32 - b.Len()%32
	b.Write(bytes.Repeat([]byte{byte(pad)}, pad))
	out := make([]byte, b.Len())
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(out, b.Bytes())
	return base64.StdEncoding.EncodeToString(out)
}

// Answer is a passive reply in text.
type Answer struct {
	ToUserName   string
	FromUserName string
	MsgType      string
	Content      string
}

// Read reads what a message was answered with; "success" is an empty answer.
func (p *Pusher) Read(body string) (Answer, error) {
	var a Answer
	if body == "success" || body == "" {
		return a, nil
	}
	if p.Key == "" {
		return a, unmarshal(body, &a)
	}
	var outer struct {
		Encrypt, MsgSignature, Nonce string
		TimeStamp                    json.Number
	}
	if err := unmarshal(body, &outer); err != nil {
		return a, err
	}
	if sign(p.Token, outer.TimeStamp.String(), outer.Nonce, outer.Encrypt) != outer.MsgSignature {
		return a, errors.New("the signature of the answer is wrong")
	}
	plain, err := p.decrypt(outer.Encrypt)
	if err != nil {
		return a, err
	}
	return a, unmarshal(plain, &a)
}

func (p *Pusher) decrypt(encrypted string) (string, error) {
	key, block := p.block()
	text, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil || len(text) == 0 || len(text)%32 != 0 {
		return "", fmt.Errorf("an envelope of %d bytes: %w", len(text), err)
	}
	cipher.NewCBCDecrypter(block, key[:16]).CryptBlocks(text, text)
	text = text[16 : len(text)-int(text[len(text)-1])]
	n := binary.BigEndian.Uint32(text)
	if id := string(text[4+n:]); id != p.AppID {
		return "", fmt.Errorf("the answer is for %q", id)
	}
	return string(text[4 : 4+n]), nil
}

func unmarshal(body string, v any) error {
	if strings.HasPrefix(body, "{") {
		return json.Unmarshal([]byte(body), v)
	}
	return xml.Unmarshal([]byte(body), v)
}
