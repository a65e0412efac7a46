// Package wechat is what WeChat's servers send to the callback address of an
// Official Account or a Mini Program, and what they take for an answer: the
// signatures, the encrypted envelope, messages and passive replies.
//
// It decides whether bytes are WeChat's and what they say. It knows no HTTP, no
// clock and no storage; that a message comes three times, and that an answer has
// five seconds, is for whoever receives it. Everything that is refused is refused
// with the one error [ErrRefused]: a peer that guesses must not learn how close it
// was.
package wechat
