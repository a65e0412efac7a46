package server

import (
	"context"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/review"
)

// textContentBody is what is read, signed and published as a whole.
type textContentBody struct {
	Title      string          `json:"title" doc:"1 to 100 characters"`
	Body       string          `json:"body" doc:"1 to 10,000 characters"`
	Attributes []attributeBody `json:"attributes,omitempty" maxItems:"40" doc:"what else is published with it; of a notice: level (ordinary or emergency), from, until"`
	Decision   review.Decision `json:"decision" enum:"full,redacted,requester_only,none" doc:"how far it is disclosed"`
	Reason     string          `json:"reason" maxLength:"64" doc:"why so: a code of the decision's list"`
}

type attributeBody struct {
	Name  string `json:"name" maxLength:"100"`
	Value string `json:"value"`
}

func (b *textContentBody) content() review.Content {
	return review.Content{
		Title: b.Title, Body: b.Body, Disclosure: review.Disclosure{Decision: b.Decision, Reason: b.Reason},
		Attributes: list(b.Attributes, func(a attributeBody) review.Attribute { return review.Attribute(a) }),
	}
}

func newTextContent(c *review.Content) textContentBody {
	return textContentBody{
		Title: c.Title, Body: c.Body, Decision: c.Disclosure.Decision, Reason: c.Disclosure.Reason,
		Attributes: list(c.Attributes, func(a review.Attribute) attributeBody { return attributeBody(a) }),
	}
}

type textsBody struct {
	Texts []TextSummary `json:"texts" nullable:"false"`
}

// TextSummary is one text in a list.
type TextSummary struct {
	ID       string       `json:"id"`
	Kind     review.Kind  `json:"kind" enum:"entry,reply,published_reply,notice,consultation"`
	Subject  string       `json:"subject,omitempty" doc:"what it belongs to"`
	Title    string       `json:"title"`
	Unit     string       `json:"unit" doc:"unit id"`
	UnitName string       `json:"unit_name"`
	State    review.State `json:"state" enum:"draft,in_review,returned,approved,published,withdrawn"`
	Name     string       `json:"state_name"`
	Hash     string       `json:"hash" doc:"of the latest version; moves name it"`
	Latest   int          `json:"latest" doc:"number of the latest version"`
	Live     int          `json:"live,omitempty" doc:"number of the version the audience has"`
	Waits    *waitBody    `json:"waits,omitempty" doc:"the step that is waited for"`
	Updated  time.Time    `json:"updated_at"`
}

type waitBody struct {
	Step  string        `json:"step"`
	Name  string        `json:"name"`
	Roles []string      `json:"roles" nullable:"false" doc:"any of them takes it"`
	Gates []review.Gate `json:"gates" nullable:"false" doc:"what has to be ticked"`
	Since time.Time     `json:"since"`
	DueAt time.Time     `json:"due_at"`
	Mine  bool          `json:"mine" doc:"the caller may take it"`
}

func newTextSummary(v desk.TextView) TextSummary {
	last := v.Latest()
	out := TextSummary{
		ID: v.ID, Kind: v.Kind, Subject: v.Subject, Title: last.Content.Title, Unit: v.Unit, UnitName: v.Owner, State: v.State, Name: v.State.Name(),
		Hash: last.Hash, Latest: last.N, Live: v.Live, Updated: shown(v.UpdatedAt),
	}
	if w, ok := v.Wait(); ok {
		out.Waits = &waitBody{
			Step: w.Step.ID, Name: w.Step.Name, Roles: list(w.Step.Roles, same[string]), Gates: list(w.Step.Gates, same[review.Gate]),
			Since: shown(w.Since), DueAt: shown(v.Due), Mine: v.Mine,
		}
	}
	return out
}

type textBody struct {
	TextSummary

	Versions []versionBody `json:"versions" nullable:"false" doc:"oldest first; they never change"`
	Ledger   []actBody     `json:"ledger" nullable:"false" doc:"who did what, in order"`
	Read     string        `json:"read" doc:"what the machine read: positions of findings count in it"`
	Moves    []review.Move `json:"moves" nullable:"false" enum:"edit,submit,resume,publish,withdraw" doc:"what the caller may do now beside the step that waits"`
	Findings []remarkBody  `json:"findings" nullable:"false"`
}

type versionBody struct {
	N       int             `json:"n"`
	Hash    string          `json:"hash"`
	At      time.Time       `json:"at"`
	Content textContentBody `json:"content"`
}

type signerBody struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Unit string `json:"unit"`
}

type commentBody struct {
	From  int    `json:"from" doc:"first character of the body it is about, counted from 0"`
	To    int    `json:"to" doc:"behind the last one"`
	Quote string `json:"quote" doc:"what stands there"`
	Text  string `json:"text"`
}

type actBody struct {
	Seq      int           `json:"seq"`
	Move     review.Move   `json:"move"`
	Name     string        `json:"name"`
	Version  int           `json:"version"`
	Step     string        `json:"step,omitempty"`
	By       signerBody    `json:"by"`
	For      *signerBody   `json:"for,omitempty" doc:"whom By stood in for"`
	Gates    []review.Gate `json:"gates,omitempty"`
	Gate     review.Gate   `json:"gate,omitempty" doc:"where it did not pass"`
	Reason   string        `json:"reason,omitempty"`
	Words    string        `json:"words,omitempty"`
	Comments []commentBody `json:"comments,omitempty"`
	At       time.Time     `json:"at"`
}

func newSigner(s review.Signer) *signerBody {
	if s.ID == "" {
		return nil
	}
	b := signerBody(s)
	return &b
}

func newAct(a review.Act) actBody {
	return actBody{
		Seq: a.Seq, Move: a.Move, Name: a.Move.Name(), Version: a.Version, Step: a.Step, By: signerBody(a.By), For: newSigner(a.For), Gates: a.Gates, Gate: a.Gate,
		Reason: a.Reason, Words: a.Words, Comments: list(a.Comments, func(c review.Comment) commentBody { return commentBody(c) }), At: shown(a.At),
	}
}

func newText(ctx context.Context, v desk.TextView) textBody {
	if len(v.Versions) == 0 { // there was a problem instead
		return textBody{}
	}
	a := actorOf(ctx)
	moves := list(v.Allowed(&a), same[review.Move])
	if v.Editable(&a) {
		moves = append([]review.Move{review.Edit}, moves...)
	}
	return textBody{
		TextSummary: newTextSummary(v), Moves: moves, Ledger: list(v.Ledger, newAct), Read: v.Read, Findings: list(v.Findings, newRemark),
		Versions: list(v.Versions, func(v review.Version) versionBody {
			return versionBody{N: v.N, Hash: v.Hash, At: shown(v.At), Content: newTextContent(&v.Content)}
		}),
	}
}

type changesBody struct {
	Changes []changeBody `json:"changes" nullable:"false"`
}

type changeBody struct {
	Part  string     `json:"part" doc:"title, body, disclosure, or the name of an attribute with a slash before it"`
	Spans []spanBody `json:"spans" nullable:"false" doc:"in order they are both texts"`
}

type spanBody struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

func newChange(c review.Change) changeBody {
	return changeBody{Part: c.Part, Spans: list(c.Spans, func(s review.Span) spanBody { return spanBody(s) })}
}

type reviewReasonsBody struct {
	Gates       []gateReasonsBody     `json:"gates" nullable:"false"`
	Disclosure  []decisionReasonsBody `json:"disclosure" nullable:"false"`
	Withdrawals []codeBody            `json:"withdrawals" nullable:"false"`
}

type gateReasonsBody struct {
	Gate    review.Gate `json:"gate"`
	Name    string      `json:"name"`
	Reasons []codeBody  `json:"reasons" nullable:"false"`
}

type decisionReasonsBody struct {
	Decision review.Decision `json:"decision"`
	Name     string          `json:"name"`
	Reasons  []codeBody      `json:"reasons" nullable:"false"`
}

type codeBody struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Basis string `json:"basis,omitempty" doc:"what it rests on"`
}

func newCode(r review.Reason) codeBody { return codeBody(r) }

func newReviewReasons() reviewReasonsBody {
	return reviewReasonsBody{
		Gates: list(review.Gates(), func(g review.Gate) gateReasonsBody {
			return gateReasonsBody{Gate: g, Name: g.Name(), Reasons: list(g.Reasons(), newCode)}
		}),
		Disclosure: list(review.Decisions(), func(d review.Decision) decisionReasonsBody {
			return decisionReasonsBody{Decision: d, Name: d.Name(), Reasons: list(d.Reasons(), newCode)}
		}),
		Withdrawals: list(review.WithdrawReasons(), newCode),
	}
}

// formBody is the secrecy-review form in a layout of our own.
type formBody struct {
	Text      string            `json:"text" doc:"id"`
	Kind      string            `json:"kind"`
	Audience  string            `json:"audience"`
	Unit      string            `json:"unit"`
	Title     string            `json:"title"`
	Version   int               `json:"version"`
	Hash      string            `json:"hash" doc:"SHA-256 of what was read"`
	Chain     int               `json:"chain" doc:"version of the rules of the chain; 0: not submitted"`
	Decision  string            `json:"decision"`
	Reason    codeBody          `json:"reason"`
	Authors   []signatureBody   `json:"authors" nullable:"false"`
	Readings  []stepReadingBody `json:"readings" nullable:"false" doc:"in order; those who objected among them"`
	Approved  *time.Time        `json:"approved_at,omitempty"`
	Published *signatureBody    `json:"published,omitempty"`
	Ended     *signatureBody    `json:"ended,omitempty" doc:"when it was withdrawn, or another version took its place"`
}

type signatureBody struct {
	By  signerBody  `json:"by"`
	For *signerBody `json:"for,omitempty"`
	At  time.Time   `json:"at"`
}

type stepReadingBody struct {
	signatureBody

	Step   string   `json:"step"`
	Name   string   `json:"name"`
	Gates  []string `json:"gates" nullable:"false" doc:"names of the gates that were ticked"`
	Gate   string   `json:"gate,omitempty" doc:"name of the gate it did not pass"`
	Reason codeBody `json:"reason"`
	Words  string   `json:"words,omitempty"`
}

func newSignature(s review.Signature) signatureBody {
	return signatureBody{By: signerBody(s.By), For: newSigner(s.For), At: shown(s.At)}
}

func signatureOrNil(s *review.Signature) *signatureBody {
	if s == nil {
		return nil
	}
	b := newSignature(*s)
	return &b
}

func newForm(f review.Form) formBody {
	return formBody{
		Text: f.Item, Kind: f.Kind.Name(), Audience: f.Audience.Name(), Unit: f.Unit, Title: f.Title, Version: f.Version, Hash: f.Hash, Chain: f.Chain,
		Decision: f.Decision.Name(), Reason: newCode(f.Reason), Authors: list(f.Authors, newSignature), Approved: shownOrNil(f.Approved),
		Published: signatureOrNil(f.Published), Ended: signatureOrNil(f.Ended),
		Readings: list(f.Readings, func(r review.Reading) stepReadingBody {
			return stepReadingBody{
				signatureBody: newSignature(r.Signature), Step: r.Step, Name: r.Name, Gates: list(r.Gates, review.Gate.Name), Gate: r.Gate.Name(),
				Reason: newCode(r.Reason), Words: r.Words,
			}
		}),
	}
}

// textLedger is who did what with a text, as a table.
func (s *Server) textLedger(ctx context.Context, in *textInput) (*tableFile, error) {
	v, err := s.desk.Text(ctx, actorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	rows := [][]string{{"序号", "时间", "操作", "步骤", "版本", "内容指纹", "经办人", "单位", "代理", "已确认", "未通过", "理由", "说明"}}
	for i := range v.Ledger {
		a := &v.Ledger[i]
		rows = append(rows, []string{
			strconv.Itoa(a.Seq), shown(a.At).Format(time.RFC3339), a.Move.Name(), a.StepName, strconv.Itoa(a.Version), a.Hash, a.By.Name, a.By.Unit, a.For.Name,
			strings.Join(list(a.Gates, review.Gate.Name), "、"), a.Gate.Name(), a.Reason, a.Words,
		})
	}
	return newTableFile("ledger", rows)
}
