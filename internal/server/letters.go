package server

import (
	"cmp"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

const attachmentsPath = "/api/v1/attachments"

// letterBody is a letter as it comes in. Its rules are the desk's.
type letterBody struct {
	Kind         channel.Kind `json:"kind" example:"consult" doc:"see the catalogue"`
	Title        string       `json:"title" example:"居住证办理进度" doc:"1 to 100 characters, one line"`
	Text         string       `json:"text" doc:"1 to 5,000 characters"`
	Category     string       `json:"category,omitempty"`
	District     string       `json:"district,omitempty"`
	Contact      *contactBody `json:"contact,omitempty"`
	Attachments  []string     `json:"attachments,omitempty" nullable:"false" maxItems:"20" doc:"ids of uploaded files, at most 5"`
	Fields       letterFields `json:"fields,omitempty" doc:"what the kind asks for beside title and text, see the catalogue"`
	Consent      bool         `json:"publish_consent,omitempty" doc:"what was asked may be published, personal data removed; without it nothing of the letter is"`
	Consultation string       `json:"consultation,omitempty" maxLength:"64" doc:"kind opinion: the id of what it is about, see …/consultations"`
}

// letterFields are what a kind of letter asks for beside title and text.
type letterFields map[string]string

type contactBody struct {
	Name     string `json:"name,omitempty" example:"李雷"`
	Phone    string `json:"phone,omitempty" example:"13800000000" doc:"needed where there is no e-mail address"`
	IDNumber string `json:"id_number,omitempty" maxLength:"64" doc:"of the identity card; only for the kinds that need it"`
	Address  string `json:"address,omitempty" maxLength:"1000" doc:"only for the kinds that ask for it"`
	Email    string `json:"email,omitempty" maxLength:"1000" example:"name@example.com"`
	BySMS    bool   `json:"by_sms,omitempty" doc:"wants to hear of progress by short message, of the number and the state alone; never about a report"`
	ByMail   bool   `json:"by_mail,omitempty" doc:"the same by e-mail"`
}

func (b letterBody) letter(source channel.Source) channel.Letter {
	l := channel.Letter{
		Source: source, Kind: b.Kind, Title: b.Title, Text: b.Text,
		Category: b.Category, District: b.District, Attachments: b.Attachments, Fields: b.Fields, Consent: b.Consent, Consultation: b.Consultation,
	}
	if b.Contact != nil {
		c := channel.Contact(*b.Contact)
		l.Contact = &c
	}
	return l
}

type letterInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"a repeat with the same key returns the first receipt"`
	Body letterBody
}

type lookupInput struct {
	Body struct {
		Number string `json:"number" maxLength:"64"`
		Code   string `json:"query_code" maxLength:"128"`
	}
}

func (s *Server) letterRoutes(r gin.IRouter) {
	register(s, operation{
		id: "open-letter", method: http.MethodPost, path: "/api/v1/letters", tag: "letters", status: http.StatusCreated,
		summary: "Send a letter and get a number, a query code and a date", problems: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *letterInput) (*body[receiptBody], error) {
		return s.open(ctx, desk.Opening{Letter: in.Body.letter(channel.Web), IdempotencyKey: keyOf(ctx, in.Key)})
	})
	register(s, operation{
		id: "lookup-letter", method: http.MethodPost, path: "/api/v1/letters/lookup", tag: "letters", status: http.StatusOK,
		summary: "See where a letter stands", problems: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *lookupInput) (*body[timelineBody], error) {
		t, err := s.lookup(ctx, in.Body.Number, in.Body.Code)
		return respond(newTimeline(t), err)
	})
	s.ownLetterRoutes()
	s.deadlineRoutes()
	r.POST(attachmentsPath, s.upload)
	s.describeUpload()
}

// keyOf is a citizen's idempotency key. One too short to be unique in the world
// counts for the sender's address alone, lest two people who both count from
// one get each other's receipts.
func keyOf(ctx context.Context, key string) string {
	const unique = 20 // characters; a UUID has 36
	if key == "" || len(key) >= unique {
		return key
	}
	return rateKey(callerOf(ctx).address) + " " + key
}

// open turns a letter into a ticket and shows the receipt.
func (s *Server) open(ctx context.Context, o desk.Opening) (*body[receiptBody], error) {
	receipt, err := s.desk.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return respond(newReceipt(receipt), nil)
}

// lookup opens a timeline.
func (s *Server) lookup(ctx context.Context, number, code string) (desk.Timeline, error) {
	t, err := s.desk.Lookup(ctx, number, code)
	return t, s.guessed(ctx, number, err)
}

// guessed is err, or that there were too many. Wrong codes are counted per
// number, right ones are not: who knows a number alone cannot keep its owner out.
func (s *Server) guessed(ctx context.Context, number string, err error) error {
	if problem.HasCode(err, "ticket.not_found") {
		if limited := s.guess(ctx, number); limited != nil {
			return limited
		}
	}
	return err
}

// guess counts one wrong attempt at a ticket's code, whoever makes it.
func (s *Server) guess(ctx context.Context, number string) error {
	d, err := s.limiter.Allow(ctx, "lookup/"+cmp.Or(ticket.NormaliseNumber(number), number), s.config.Rates.Number)
	if err != nil {
		return problem.New(problem.Unavailable, "rate.unavailable", "系统繁忙，请稍后再试。").Because(err)
	}
	if !d.Allowed {
		s.metrics.limited.WithLabelValues("number").Inc()
		return problem.New(problem.Limited, "rate.limited", "查询太频繁，请稍后再试。").After(d.RetryAfter)
	}
	return nil
}

type receiptBody struct {
	Number      string          `json:"number"`
	QueryCode   string          `json:"query_code" doc:"shown this once"`
	Unit        string          `json:"unit" doc:"name of the responsible unit"`
	DueAt       time.Time       `json:"due_at"`
	Rule        string          `json:"rule"`
	Provisional bool            `json:"provisional" doc:"the date rests on a year whose holidays are not published yet"`
	Explain     []deadline.Line `json:"explain" doc:"day by day, how the date came about"`
	Emergency   *emergencyBody  `json:"emergency,omitempty" doc:"what to do first: the letter tells of a present danger"`
}

type emergencyBody struct {
	Text     string   `json:"text"`
	Hotlines []string `json:"hotlines" example:"110"`
}

func newReceipt(r desk.Receipt) receiptBody {
	var first *emergencyBody
	if e := r.Emergency; e != nil {
		first = &emergencyBody{Text: e.Text, Hotlines: list(e.Hotlines, same[string])}
	}
	return receiptBody{
		Emergency: first,
		Number:    r.Number, QueryCode: r.QueryCode, Unit: r.Unit, DueAt: shown(r.DueAt), Rule: r.Rule,
		Provisional: r.Provisional, Explain: list(r.Explain, same[deadline.Line]),
	}
}

type timelineBody struct {
	Number      string         `json:"number"`
	Kind        channel.Kind   `json:"kind"`
	Status      ticket.Status  `json:"status"`
	Unit        string         `json:"unit"`
	CreatedAt   time.Time      `json:"created_at"`
	DueAt       time.Time      `json:"due_at"`
	Provisional bool           `json:"provisional"`
	Steps       []timelineStep `json:"steps"`
	Reply       *publicReply   `json:"reply,omitempty"`
	Rating      int            `json:"rating,omitempty" doc:"1 (worst) to 5 (best), once rated"`
	Published   string         `json:"published,omitempty" doc:"id of the reply as everybody reads it, see …/replies/{id}"`
	ErasedAt    *time.Time     `json:"erased_at,omitempty" doc:"when what was written was erased; only the course of it is kept"`
	Moves       []ticket.Move  `json:"moves" doc:"what the citizen may do now: supply, rate, withdraw"`
}

type timelineStep struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

type publicReply struct {
	Text       string        `json:"text"`
	Outcome    reply.Outcome `json:"outcome"`
	ReleasedAt time.Time     `json:"released_at"`
}

func newTimeline(t desk.Timeline) timelineBody {
	out := timelineBody{
		Number: t.Number, Kind: t.Kind, Status: t.Status, Unit: t.Unit, CreatedAt: shown(t.CreatedAt), DueAt: shown(t.DueAt),
		Provisional: t.Provisional, Rating: t.Rating, Published: t.Published, ErasedAt: shownOrNil(t.Erased), Moves: list(t.Moves, same[ticket.Move]),
		Steps: list(t.Steps, func(st desk.TimelineStep) timelineStep { return timelineStep{At: shown(st.At), Text: st.Text} }),
	}
	if r := t.Reply; r != nil {
		out.Reply = &publicReply{Text: r.Text, Outcome: r.Outcome, ReleasedAt: shown(r.ReleasedAt)}
	}
	return out
}

type attachmentBody struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type" example:"image/jpeg" doc:"by content, whatever the upload said"`
	Size int64  `json:"size"`
}

// upload takes one file. It reads the parts itself: the standard form parser
// would spool a citizen's file to the disk.
func (s *Server) upload(c *gin.Context) {
	name, content, err := s.filePart(c.Writer, c.Request)
	if err != nil {
		s.fail(c, err)
		return
	}
	a, err := s.uploadInTurn(c.Request.Context(), name, content)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusCreated, attachmentBody{ID: a.ID, Name: a.Name, Type: a.Type, Size: a.Size})
}

func (s *Server) filePart(w http.ResponseWriter, r *http.Request) (name string, content []byte, err error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" {
		return "", nil, problem.New(problem.Unsupported, "request.media_type", "请求正文必须是 multipart/form-data。")
	}
	const room = 64 << 10 // for the form around the file
	r.Body = http.MaxBytesReader(w, r.Body, channel.MaxUpload+room)
	malformed := problem.New(problem.Invalid, "request.malformed", "上传的表单不完整，或格式不正确。")
	form, err := r.MultipartReader()
	if err != nil {
		return "", nil, malformed.Because(err)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return "", nil, problem.New(problem.Invalid, "attachment.missing", "请选择要上传的文件。").
				With(problem.Field{Pointer: "file", Code: "required", Message: "请选择要上传的文件。"})
		}
		if err != nil {
			return "", nil, uploadError(err, malformed)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		content, err := io.ReadAll(io.LimitReader(part, channel.MaxUpload+1)) // the desk refuses the one byte more
		if err != nil {
			return "", nil, uploadError(err, malformed)
		}
		return part.FileName(), content, nil
	}
}

func uploadError(err error, malformed *problem.Error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return problem.New(problem.TooLarge, "attachment.too_large", "文件不能超过10MB。")
	}
	return malformed.Because(err)
}

// describeUpload writes the route that is not the framework's into the API's
// description.
func (s *Server) describeUpload() {
	registry := s.api.OpenAPI().Components.Schemas
	op := operation{
		id: "upload-attachment", method: http.MethodPost, path: attachmentsPath, tag: "letters",
		summary: "Upload a file for a letter that is being written",
	}.describe(registry)
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
		Type: "object", Required: []string{"file"},
		Properties: map[string]*huma.Schema{"file": {Type: "string", Format: "binary", Description: "at most 10 MiB; pictures are stored without EXIF"}},
	}}}}
	op.Responses["201"] = &huma.Response{
		Description: http.StatusText(http.StatusCreated),
		Content:     map[string]*huma.MediaType{"application/json": {Schema: registry.Schema(reflect.TypeFor[attachmentBody](), true, "Attachment")}},
	}
	s.api.OpenAPI().AddOperation(&op)
}
