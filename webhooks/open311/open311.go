// Package open311 is the wire format of Open311 GeoReport v2, in JSON: what a city's
// app sends when somebody in it reports a matter, and what it reads back.
//
// Services are of type batch: an answer holds a token, and the id of the request
// comes later. Both are handles nobody can guess, for they are all an app needs to
// read how far a matter has come. The format's public list of requests is not
// offered. Nothing here keeps, fetches or decides anything.
package open311

import "time"

// Version is the version of the format in addresses.
const Version = "v2"

// Batch is the type of services: a token now, an id once somebody has looked.
const Batch = "batch"

// Discovery says where the interface is.
type Discovery struct {
	Changeset  string     `json:"changeset"`
	Contact    string     `json:"contact"`
	KeyService string     `json:"key_service"`
	Endpoints  []Endpoint `json:"endpoints"`
}

// Endpoint is one address of the interface.
type Endpoint struct {
	Specification string   `json:"specification"`
	URL           string   `json:"url"`
	Changeset     string   `json:"changeset"`
	Type          string   `json:"type"` // production
	Formats       []string `json:"formats"`
}

// Service is a matter that may be reported.
type Service struct {
	Code        string `json:"service_code"`
	Name        string `json:"service_name"`
	Description string `json:"description"`
	Metadata    bool   `json:"metadata"` // whether it has attributes; ours have none
	Type        string `json:"type"`
	Keywords    string `json:"keywords"` // separated by commas
	Group       string `json:"group"`
}

// Definition lists what a service asks for beside the common fields.
type Definition struct {
	Code       string     `json:"service_code"`
	Attributes []struct{} `json:"attributes"`
}

// Receipt answers a request that was taken in.
type Receipt struct {
	Token     string `json:"token"`
	Notice    string `json:"service_notice"`
	AccountID string `json:"account_id"`
}

// Token leads to the id of a request.
type Token struct {
	ID    string `json:"service_request_id"` // empty: nobody has looked at it yet
	Token string `json:"token"`
}

// The states of a request.
const (
	Open   = "open"
	Closed = "closed"
)

// Request is how far a matter has come. What was written is not repeated: the
// address may be read by others than its writer.
type Request struct {
	ID          string `json:"service_request_id"`
	Status      string `json:"status"`
	StatusNotes string `json:"status_notes"` // the reply, once there is one
	ServiceName string `json:"service_name"`
	ServiceCode string `json:"service_code"`
	Agency      string `json:"agency_responsible"`
	Requested   string `json:"requested_datetime"`
	Updated     string `json:"updated_datetime"`
	Expected    string `json:"expected_datetime"`
}

// Error is one thing that is wrong with a request; an answer lists them.
type Error struct {
	Code        int    `json:"code"` // the HTTP status
	Description string `json:"description"`
}

// Datetime is a moment as the format writes it (W3C), with its zone.
func Datetime(t time.Time) string { return t.Format(time.RFC3339) }
