package server

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/danielgtaylor/huma/v2/validation"
	"github.com/gin-gonic/gin"

	"jiesu/internal/problem"
)

// apiVersion is the version of the HTTP interface, not of the program.
const apiVersion = "1.0.0"

const apiDescription = `The desk where everything the public says to a police bureau arrives.
Every message gets a reviewed answer, or a ticket with a responsible unit and a date.

Times are RFC 3339 in Beijing time (+08:00). Every failure is an RFC 9457 problem document
(application/problem+json) with a stable code; a 500 carries the request id and nothing else.
Texts are plain text: clients show them as text, never as HTML.`

func (s *Server) newAPI(e *gin.Engine) huma.API {
	cfg := huma.DefaultConfig("jiesu", apiVersion)
	cfg.CreateHooks = nil // no $schema links
	cfg.DocsPath, cfg.OpenAPIPath, cfg.SchemasPath = "", "", ""
	cfg.Transformers = []huma.Transformer{s.ownProblems}
	written := huma.Format{Marshal: writeJSON, Unmarshal: json.Unmarshal}
	cfg.Formats = map[string]huma.Format{"application/json": written, "json": written}
	cfg.Info.Description = apiDescription
	cfg.Tags = []*huma.Tag{
		{Name: "ask", Description: "Questions and reviewed answers"},
		{Name: "library", Description: "The reviewed library"},
		{Name: "letters", Description: "Letters and their progress"},
		{Name: "consultations", Description: "What the public is asked, what it said, and what became of it"},
		{Name: "reviews", Description: "Texts that several people read before the public does"},
		{Name: "notices", Description: "What the public has to know now"},
		{Name: "replies", Description: "Replies to letters that everybody may read"},
		{Name: "chat", Description: "Conversations, over websocket (sub-protocol jiesu.v1) or plain HTTP"},
		{Name: "chat desk", Description: "People who answer in chats, and what staff hear over websocket (sub-protocol jiesu-staff.v1)"},
		{Name: "session", Description: "Staff sign in and out"},
		{Name: "users", Description: "Accounts of the staff, and where they are signed in"},
		{Name: "audit", Description: "Who did what, and whether somebody has tampered with what tells of it"},
		{Name: "tickets", Description: "What staff work on"},
		{Name: "proofs", Description: "What a machine notices in a text before people read it"},
		{Name: "supervision", Description: "How units do"},
		{Name: "signals", Description: "Weak signals in letters, and what becomes of them"},
		{Name: "channels", Description: "What comes from other systems and goes to them"},
		{Name: "reports", Description: "Months, quarters and years in figures"},
		{Name: "hotlines", Description: "Calls to the bureau's lines, and who answered under a number on a day"},
		{Name: "calendar", Description: "What dates are counted by, and how a date came about"},
		{Name: "lessons", Description: "How questions are answered, and what editors learn from it"},
		{Name: "assist", Description: "What a language model proposes to staff; off unless the bureau sets one up"},
	}
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session":      {Type: "apiKey", In: "cookie", Name: sessionCookie, Description: "staff session of a browser; over TLS it is called " + cookieOf(true)},
		"staff":        {Type: "http", Scheme: "bearer", Description: "staff session token"},
		"conversation": {Type: "http", Scheme: "bearer", Description: "token of one conversation"},
	}
	return humagin.New(e, cfg)
}

// audience is who may call an operation.
type audience int

const (
	anybody   audience = iota
	citizen            // with the token of a conversation
	staffOnly          // with a session
)

// requestWithin bounds how long a request may take to come in. The framework's
// five seconds would also end every answer that takes longer: the deadline stays
// on the connection, and what looks for the client's going away then finds it gone.
const requestWithin = 3 * time.Minute

// operation describes one route of the API.
type operation struct {
	id, method, path string
	tag, summary     string
	status           int // of success
	problems         []int
	description      string // where the summary does not say enough
	audience         audience
	largest          int64 // body that is no JSON, in bytes; 0: it is JSON
}

func (op operation) describe(registry huma.Registry) huma.Operation {
	codes := append([]int{http.StatusBadRequest, http.StatusTooManyRequests, http.StatusInternalServerError}, op.problems...)
	if op.method == http.MethodPost {
		codes = append(codes, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	}
	d := huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path, Tags: []string{op.tag}, Summary: op.summary, Description: op.description,
		DefaultStatus: op.status, Responses: map[string]*huma.Response{}, MaxBodyBytes: cmp.Or(op.largest, maxBody) + 1, BodyReadTimeout: requestWithin,
	}
	switch op.audience {
	case citizen:
		codes = append(codes, http.StatusUnauthorized, http.StatusForbidden)
		d.Security = []map[string][]string{{"conversation": {}}}
	case staffOnly:
		codes = append(codes, http.StatusUnauthorized, http.StatusForbidden)
		d.Security = []map[string][]string{{"session": {}}, {"staff": {}}}
	case anybody:
	}
	schema := registry.Schema(reflect.TypeFor[Problem](), true, "Problem")
	for _, code := range codes {
		d.Responses[strconv.Itoa(code)] = &huma.Response{
			Description: http.StatusText(code),
			Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
		}
	}
	return d
}

// register adds an operation whose handler may return any error.
func register[I, O any](s *Server, op operation, handler func(context.Context, *I) (*O, error)) {
	huma.Register(s.api, op.describe(s.api.OpenAPI().Components.Schemas), func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, s.problemOf(ctx, err)
		}
		return out, nil
	})
}

// body wraps a JSON response.
type body[T any] struct{ Body T }

func respond[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{Body: v}, nil
}

// nothing is a request without parts, or a response without a body.
type nothing struct{}

// ownProblems replaces the framework's error documents, which are in English
// and repeat the rejected value, by ours.
func (s *Server) ownProblems(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := newProblem(ctx.Context(), m.Status, "request.invalid", "请求有几处不正确。")
	switch {
	case m.Status >= http.StatusInternalServerError:
		p.Code, p.Detail = "internal", "系统出了问题，请稍后再试。"
	case m.Status == http.StatusRequestEntityTooLarge:
		p.Code, p.Detail = "request.too_large", "请求正文太大。"
	case m.Status != http.StatusUnprocessableEntity:
		p.Code, p.Detail = "request.malformed", "请求不完整，或格式不正确。"
	}
	for _, e := range m.Errors {
		p.Errors = append(p.Errors, FieldProblem(fieldOf(e)))
	}
	return p, nil
}

// fieldOf translates one finding of the framework.
func fieldOf(e *huma.ErrorDetail) problem.Field {
	f := problem.Field{Pointer: pointerOf(e.Location), Code: "invalid", Message: "取值不正确。"}
	var name string
	switch {
	case e.Message == validation.MsgUnexpectedProperty:
		f.Code, f.Message = "unknown_field", "没有这个字段。"
	case scan(e.Message, validation.MsgExpectedRequiredProperty, &name):
		f.Pointer, f.Code, f.Message = f.Pointer+"/"+name, "required", "缺少必填项。"
	case strings.HasPrefix(e.Message, "required "):
		f.Code, f.Message = "required", "缺少必填项。"
	case slices.Contains([]string{
		validation.MsgExpectedString, validation.MsgExpectedObject, validation.MsgExpectedArray,
		validation.MsgExpectedNumber, validation.MsgExpectedInteger, validation.MsgExpectedBoolean,
	}, e.Message):
		f.Code, f.Message = "type", "类型不正确。"
	}
	return f
}

func scan(message, format string, name *string) bool {
	n, err := fmt.Sscanf(message, format, name)
	return err == nil && n == 1
}

// pointerOf turns body.contact.phone or body.attachments[0] into a JSON
// pointer, and query.limit into the parameter's name.
func pointerOf(location string) string {
	in, rest, _ := strings.Cut(strings.NewReplacer("[", ".", "]", "").Replace(location), ".")
	if in != "body" {
		return safeName(rest)
	}
	var pointer strings.Builder
	for part := range strings.SplitSeq(rest, ".") {
		if part != "" {
			pointer.WriteString("/" + safeName(part))
		}
	}
	return pointer.String()
}

// tidySchemas makes the schemas say what we send and take.
func tidySchemas(api huma.API) {
	schemas := api.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel") // the framework's own problems, which we never send
	delete(schemas, "ErrorDetail")
	for _, schema := range schemas {
		for _, property := range schema.Properties {
			if property.Type == huma.TypeArray {
				property.Nullable = false // an empty list is [], here as in our answers
			}
		}
	}
}

// document is the OpenAPI description of api, indented for readers.
func document(api huma.API) ([]byte, error) {
	raw, err := json.Marshal(api.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("describe the API: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return nil, fmt.Errorf("describe the API: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// beijing is the zone of every time we show. It has no daylight saving.
func beijing() *time.Location { return time.FixedZone("CST", 8*60*60) }

// shown is t as clients see it.
func shown(t time.Time) time.Time { return t.In(beijing()).Truncate(time.Second) }

// shownOrNil leaves out a time that has not come.
func shownOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = shown(t)
	return &t
}

// list makes an empty list of no list: clients get [], never null.
func list[From, To any](from []From, convert func(From) To) []To {
	to := make([]To, 0, len(from))
	for _, f := range from {
		to = append(to, convert(f))
	}
	return to
}
