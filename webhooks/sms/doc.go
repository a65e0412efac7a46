// Package sms is what the providers of short messages take and tell: Aliyun,
// Tencent Cloud and China Mobile's 云MAS, each signed for as it asks.
//
// No provider is idempotent. Whoever sends keeps what it sends with an id that
// stays the same over attempts; where an answer never came, it asks with
// [Provider.Find] before it sends again, and where a provider cannot be asked it
// does not send again by itself. A text is a template the provider has approved:
// only its values go over the wire.
//
// All of it is bytes and values: no clock is read, nothing is stored or posted.
package sms
