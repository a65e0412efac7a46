package wechat

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"strconv"
	"time"
)

// Received is the whole answer to a message that gets no reply, or gets it later
// by a customer-service message: it is not sent again.
const Received = "success"

// cdata is text that is not read as markup.
type cdata struct {
	Text string `xml:",cdata"`
}

// reply is a passive reply in text.
type reply struct {
	XMLName      xml.Name `xml:"xml" json:"-"`
	ToUserName   cdata
	FromUserName cdata
	CreateTime   int64
	MsgType      cdata
	Content      cdata
}

// sealed is an encrypted reply.
type sealed struct {
	XMLName      xml.Name `xml:"xml" json:"-"`
	Encrypt      cdata
	MsgSignature cdata
	TimeStamp    int64
	Nonce        cdata
}

// MarshalJSON implements [json.Marshaler].
func (c cdata) MarshalJSON() ([]byte, error) { return json.Marshal(c.Text) }

// Reply is the body that answers m at once with a text, which must not be empty: an
// empty one is shown to the citizen as a broken account. random makes the
// envelope's beginning and its nonce.
func (a *Account) Reply(m *Message, text string, now time.Time, random io.Reader) ([]byte, error) {
	encode := xml.Marshal
	if m.json {
		encode = json.Marshal
	}
	body, err := encode(reply{
		ToUserName: cdata{m.From}, FromUserName: cdata{m.Account}, CreateTime: now.Unix(), MsgType: cdata{"text"}, Content: cdata{text},
	})
	if err != nil || a.mode == Plain {
		return body, err
	}
	var seed [8]byte
	if _, err := io.ReadFull(random, seed[:]); err != nil {
		return nil, err
	}
	s, err := a.seal(body, now.Unix(), nonce(seed), random)
	if err != nil {
		return nil, err
	}
	return encode(s)
}

func (a *Account) seal(body []byte, at int64, nonce string, random io.Reader) (sealed, error) {
	encrypted, err := wrap(a.key, a.id, body, random)
	return sealed{
		Encrypt: cdata{encrypted}, TimeStamp: at, Nonce: cdata{nonce},
		MsgSignature: cdata{Signature(a.token, strconv.FormatInt(at, 10), nonce, encrypted)},
	}, err
}

// nonce is a seed as figures.
func nonce(seed [8]byte) string {
	var n uint64
	for _, b := range seed {
		n = n<<8 | uint64(b)
	}
	return strconv.FormatUint(n, 10)
}
