package wechat

import (
	"errors"
	"fmt"
	"net/http"
)

// errAnswer is an answer that is not WeChat's: something stands in between.
var errAnswer = errors.New("wechat: the answer cannot be read")

// Error is what WeChat's servers refuse, by their number; what they write beside
// it may name people and is left out.
type Error struct {
	Status int // of HTTP
	Code   int // errcode; 0: the servers did not get to it
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("wechat: status %d, errcode %d", e.Status, e.Code) }

// Failure is what a refusal means for whoever asked.
type Failure int

// The failures.
const (
	Unclear  Failure = iota // whether it was done is not known
	Busy                    // later
	OldToken                // with another access token
	Closed                  // nothing may be sent now: too long ago, too often, or no longer followed
	NotAsked                // nobody has agreed to this message
	BadCode                 // a code that is wrong, late or used
	Gone                    // what was asked for is not kept any more
	Wrong                   // the same again would be refused again
	Setup                   // somebody has to look at the account's settings
)

// FailureOf tells what err means.
func FailureOf(err error) Failure {
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		return Unclear
	case e.Status == http.StatusTooManyRequests || e.Status == http.StatusBadGateway || e.Status == http.StatusServiceUnavailable:
		return Busy
	case e.Code == 0:
		return Unclear
	}
	switch e.Code {
	case -1, 45009, 45011, 44991:
		return Busy
	case 40001, 40014, 42001:
		return OldToken
	case 45015, 45047, 43004:
		return Closed
	case 43101:
		return NotAsked
	case 40029, 40163, 40226: // 40226: WeChat itself blocks who asks
		return BadCode
	case 40007:
		return Gone
	case 40013, 40125, 40164, 48001, 61024:
		return Setup
	}
	return Wrong
}

// CodeOf is WeChat's number for err, or the status of HTTP; false where its
// servers did not answer.
func CodeOf(err error) (int, bool) {
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		return 0, false
	case e.Code == 0:
		return e.Status, true
	}
	return e.Code, true
}
