package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge/sheet"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/webhooks/mailbox"
)

const (
	mailboxPath      = "/api/v1/staff/mailboxes"
	mailImportRoute  = mailboxPath + "/:source/import"
	mailRefusedRoute = mailboxPath + "/:source/refused"
)

type mailSourceInput struct {
	Source string `path:"source" maxLength:"32"`
}

type mailImportInput struct {
	Source  string `path:"source" maxLength:"32"`
	Apply   bool   `query:"apply" doc:"take the letters that are in order; otherwise nothing is changed"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type mailFileInput struct {
	Source  string `path:"source" maxLength:"32"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type mailSourcesBody struct {
	Mailboxes []mailSourceBody `json:"mailboxes" nullable:"false"`
}

type mailSourceBody struct {
	Name  string           `json:"name"`
	Title string           `json:"title"`
	Hook  bool             `json:"hook" doc:"it sends its letters itself"`
	Reply mailbox.ReplyWay `json:"reply,omitempty" enum:"push,export" doc:"how answers go back"`
}

type mailImportBody struct {
	Applied bool                     `json:"applied"`
	Counts  map[desk.MailOutcome]int `json:"counts" doc:"rows by outcome"`
	Rows    []mailRowBody            `json:"rows" nullable:"false" doc:"in the order of the file"`
}

type mailRowBody struct {
	Row     int              `json:"row" doc:"as a spreadsheet counts them; of JSON, from 1"`
	ID      string           `json:"id,omitempty" doc:"its number there"`
	Brief   string           `json:"brief" doc:"how it begins, personal data masked; of a report (举报) nothing"`
	Outcome desk.MailOutcome `json:"outcome" enum:"new,changed,known,refused"`
	Number  string           `json:"number,omitempty" doc:"of its ticket"`
	Faults  []mailFaultBody  `json:"faults" nullable:"false" doc:"refused: why"`
}

type mailFaultBody struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

type mailRepliesBody struct {
	Replies []mailReplyBody `json:"replies" nullable:"false" doc:"the oldest first"`
}

type mailReplyBody struct {
	ID      string    `json:"id" doc:"of the letter, there"`
	Number  string    `json:"number"`
	Step    string    `json:"step" doc:"what is entered is said by it"`
	Status  string    `json:"status"`
	Outcome string    `json:"outcome,omitempty"`
	Text    string    `json:"text"`
	Unit    string    `json:"unit" doc:"shown name"`
	At      time.Time `json:"at"`
}

type enteredInput struct {
	Source string `path:"source" maxLength:"32"`
	Body   struct {
		Entered []enteredBody `json:"entered" nullable:"false" minItems:"1" maxItems:"500"`
	}
}

type enteredBody struct {
	Number string `json:"number" maxLength:"32"`
	Step   string `json:"step" maxLength:"64"`
}

type mailExportInput struct {
	Source string `path:"source" maxLength:"32"`
	Format string `query:"format" enum:"xlsx,csv" default:"xlsx"`
}

// mailboxRoutes are what staff do with mailboxes that others run.
func (s *Server) mailboxRoutes() {
	op := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{id: id, method: method, path: mailboxPath + path, tag: "channels", summary: summary, status: status, problems: problems, audience: staffOnly}
	}
	register(s, op("mailboxes", http.MethodGet, "", "The mailboxes others run that letters come from", http.StatusOK),
		func(ctx context.Context, _ *nothing) (*body[mailSourcesBody], error) {
			all, err := s.desk.MailSources(ctx, actorOf(ctx))
			return respond(mailSourcesBody{list(all, func(m desk.MailSource) mailSourceBody { return mailSourceBody(m) })}, err)
		})
	importing := op("import-mail", http.MethodPost, "/{source}/import", "Try a file with letters (XLSX, CSV or JSON), or take those that are in order", http.StatusOK, http.StatusNotFound)
	importing.largest = sheet.MaxBytes
	register(s, importing, func(ctx context.Context, in *mailImportInput) (*body[mailImportBody], error) {
		p, err := s.importMailInTurn(ctx, in.Source, desk.MailFile{Content: in.RawBody}, in.Apply)
		return respond(newMailImport(&p), err)
	})
	refused := op("refused-mail", http.MethodPost, "/{source}/refused", "The letters of a file that would be refused, each with why, as a workbook to be mended", http.StatusOK, http.StatusNotFound)
	refused.largest = sheet.MaxBytes
	register(s, refused, s.refusedMail)
	register(s, op("mail-replies", http.MethodGet, "/{source}/replies", "Answers that are to be entered there", http.StatusOK, http.StatusNotFound),
		func(ctx context.Context, in *mailSourceInput) (*body[mailRepliesBody], error) {
			found, err := s.desk.MailReplies(ctx, actorOf(ctx), in.Source)
			return respond(mailRepliesBody{Replies: list(found.Replies, newMailReply)}, err)
		})
	register(s, op("export-mail-replies", http.MethodGet, "/{source}/replies/export", "The same as a file", http.StatusOK, http.StatusNotFound), s.exportReplies)
	register(s, op("enter-mail-replies", http.MethodPost, "/{source}/replies/entered", "Note that answers were entered there", http.StatusNoContent, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *enteredInput) (*nothing, error) {
			entered := list(in.Body.Entered, func(e enteredBody) desk.EnteredReply { return desk.EnteredReply(e) })
			return &nothing{}, s.desk.EnterReplies(ctx, actorOf(ctx), in.Source, entered)
		})
}

func (s *Server) importMailInTurn(ctx context.Context, source string, f desk.MailFile, apply bool) (p desk.MailImport, err error) {
	err = s.inTurn(ctx, func() error { p, err = s.desk.ImportMail(ctx, actorOf(ctx), source, f, apply); return err })
	return p, err
}

func (s *Server) refusedMail(ctx context.Context, in *mailFileInput) (*tableFile, error) {
	p, err := s.importMailInTurn(ctx, in.Source, desk.MailFile{Content: in.RawBody}, false)
	if err != nil {
		return nil, err
	}
	return newTextWorkbook("refused-"+p.Source, p.Refused())
}

func newMailImport(p *desk.MailImport) mailImportBody {
	return mailImportBody{Applied: p.Applied, Counts: p.Counts, Rows: list(p.Rows, func(r desk.MailRow) mailRowBody {
		return mailRowBody{Row: r.N, ID: r.ID, Brief: r.Brief(), Outcome: r.Outcome, Number: r.Number, Faults: list(r.Faults, func(f problem.Field) mailFaultBody {
			return mailFaultBody{Field: f.Pointer, Code: f.Code, Message: f.Message}
		})}
	})}
}

func newMailReply(r desk.MailReply) mailReplyBody {
	return mailReplyBody{ID: r.ID, Number: r.Number, Step: r.Step, Status: r.Status, Outcome: r.Outcome, Text: r.Text, Unit: r.Unit, At: shown(r.At)}
}

func (s *Server) exportReplies(ctx context.Context, in *mailExportInput) (*tableFile, error) {
	found, err := s.desk.MailReplies(ctx, actorOf(ctx), in.Source)
	if err != nil {
		return nil, err
	}
	rows := [][]string{{"平台编号", "来信编号", "办理结果", "答复内容", "答复单位", "答复时间"}}
	for _, r := range found.Replies {
		rows = append(rows, []string{r.ID, r.Number, ticket.Status(r.Status).Name(), r.Text, r.Unit, shown(r.At).Format(time.DateTime)})
	}
	name := "replies-" + found.Source + "-" + strconv.Itoa(len(found.Replies))
	if in.Format == "csv" {
		return newTableFile(name, rows)
	}
	var file *tableFile
	err = s.inTurn(ctx, func() error { file, err = newTextWorkbook(name, rows); return err })
	return file, err
}
