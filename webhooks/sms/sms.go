package sms

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Message is one short message to one number.
type Message struct {
	ID     string // ours, the same in every attempt; comes back with some reports
	Phone  string // a mobile number of the mainland, 11 digits
	Values []Value
}

// Value is one value of a template, in the order the template has them.
type Value struct{ Name, Text string }

// Request is what is to be posted. Aliyun's address holds the number it goes to:
// no address belongs into a log.
type Request struct {
	URL    string
	Header http.Header
	Body   []byte
}

// Provider is one account at a provider.
type Provider interface {
	// Send is the request that sends m. nonce is random, and new in each attempt.
	Send(m Message, at time.Time, nonce string) (Request, error)
	// Sent reads the answer: what the provider calls the message. An error is a [*AnswerError].
	Sent(status int, answer []byte) (id string, err error)
	// Find asks whether m was taken, which was sent at sent at the earliest; ok is
	// false where the provider cannot be asked.
	Find(m Message, sent, at time.Time, nonce string) (r Request, ok bool)
	// Found reads the answer to that. An error is a [*AnswerError].
	Found(m Message, status int, answer []byte) (id string, found bool, err error)
	// Read reads what the provider pushed: what became of messages, and what people
	// replied. What is none of both is an error.
	Read(body []byte) ([]Report, []Reply, error)
	// Thanks is what a push is answered with.
	Thanks() string
}

// Class is what a failure means for whoever sends.
type Class string

// The classes of failures.
const (
	Later   Class = "later"   // not taken, may be tried again
	Refused Class = "refused" // not taken, and would not be
	Unknown Class = "unknown" // perhaps taken
	Nobody  Class = "nobody"  // this number takes none
)

// AnswerError is what a provider has against a message. It holds no number.
type AnswerError struct {
	Class Class
	Code  string // the provider's, or http and the status
}

// Error implements error.
func (f *AnswerError) Error() string { return fmt.Sprintf("sms: %s: %s", f.Class, f.Code) }

// Report is what became of a message.
type Report struct {
	ID       string // ours, where the provider tells it
	Provider string // what the provider calls it
	Phone    string
	Arrived  bool
	Code     string // the network's
}

// Reply is what somebody sent back.
type Reply struct {
	Phone string
	Text  string
}

// Leaves reports whether somebody who replied so wants no more messages.
func (r *Reply) Leaves() bool {
	switch strings.ToUpper(strings.TrimSpace(r.Text)) {
	case "T", "TD", "R", "N", "退订", "拒收", "不再接收":
		return true
	}
	return false
}

// answered turns a status that tells enough by itself into a failure, and reads
// any other answer.
func answered(status int, answer []byte, into any) error {
	switch {
	case status == http.StatusTooManyRequests:
		return &AnswerError{Later, "http.429"}
	case status >= http.StatusInternalServerError:
		return &AnswerError{Unknown, fmt.Sprintf("http.%d", status)}
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return &AnswerError{Unknown, "answer.unreadable"}
	}
	return nil
}

// classified is the failure a code of the provider's means. Codes nobody knows are
// refusals: the provider has answered, so it has not taken the message.
func classified(code string, later ...string) *AnswerError {
	for _, l := range later {
		if strings.HasPrefix(code, l) {
			return &AnswerError{Later, code}
		}
	}
	if slices.Contains([]string{"isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_IN_BLACK", "FailedOperation.PhoneNumberInBlacklist", "InvalidParameterValue.IncorrectPhoneNumber"}, code) {
		return &AnswerError{Nobody, code}
	}
	return &AnswerError{Refused, code}
}

// pushed reads what a provider pushed, an array or one object, with what each of it
// is: a report or a reply. Anything else makes the whole of it unreadable.
func pushed[T any](body []byte, of func(*T) (*Report, *Reply)) (reports []Report, replies []Reply, err error) {
	var all []T
	if json.Unmarshal(body, &all) != nil {
		all = make([]T, 1)
		if err := json.Unmarshal(body, &all[0]); err != nil {
			return nil, nil, errors.New("sms: a push is a JSON array or object") // not what it says: it may hold numbers
		}
	}
	for i := range all {
		switch report, reply := of(&all[i]); {
		case report != nil:
			reports = append(reports, *report)
		case reply != nil:
			replies = append(replies, *reply)
		default:
			return nil, nil, errors.New("sms: neither a report nor a reply")
		}
	}
	return reports, replies, nil
}

// hostOf checks the address of an interface and names its host.
func hostOf(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("sms: an address is https and a host, without a name, a query or a fragment")
	}
	return u.Host, nil
}
