package server

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
	"jiesu/webhooks/open311"
)

// open311Path is where the interface for apps of others lies.
const open311Path = "/open311/" + open311.Version

// Open311 is the interface for apps of others (Open311 GeoReport v2).
type Open311 struct {
	Jurisdiction string // empty: any
	Contact      string
	Services     []Open311Service
	Keys         map[[sha256.Size]byte]string // hashes of keys to the names of apps
}

// Open311Service is a matter that may be sent in.
type Open311Service struct {
	Shown   open311.Service
	Matter  desk.AppService
	Located bool // the place is needed
}

// open311API answers apps. Everything that fails is a list of errors, as the format
// wants it.
type open311API struct{ *Server }

func (s *Server) open311Routes(r gin.IRouter) {
	o := open311API{s}
	for path, handler := range map[string]gin.HandlerFunc{
		"/discovery.json": o.discovery, "/services.json": o.services, "/services/:code": o.definition,
		"/requests.json": o.noList, "/requests/:id": o.request, "/tokens/:token": o.token,
	} {
		r.GET(open311Path+path, o.offered, handler)
	}
	r.POST(open311Path+"/requests.json", o.offered, o.receive)
}

// offered lets nobody in where the bureau offers nothing, or not for the place that
// is asked for.
func (o open311API) offered(c *gin.Context) {
	if o.open311 == nil {
		o.noRoute(c)
		return
	}
	if asked := c.Query("jurisdiction_id"); !o.responsible(asked) {
		o.fail(c, noJurisdiction())
		return
	}
	c.Header("Cache-Control", "no-store")
	c.Next()
}

func (o open311API) responsible(jurisdiction string) bool {
	return jurisdiction == "" || o.open311.Jurisdiction == "" || jurisdiction == o.open311.Jurisdiction
}

func noJurisdiction() error {
	return problem.New(problem.NotFound, "open311.jurisdiction", "没有这个 jurisdiction_id。")
}

func (o open311API) discovery(c *gin.Context) {
	scheme := "http://"
	if callerOf(c.Request.Context()).secure {
		scheme = "https://"
	}
	c.JSON(http.StatusOK, open311.Discovery{
		Changeset: apiVersion, Contact: o.open311.Contact, KeyService: o.open311.Contact,
		Endpoints: []open311.Endpoint{{
			Specification: "http://wiki.open311.org/GeoReport_v2", URL: scheme + c.Request.Host + open311Path, Changeset: apiVersion,
			Type: "production", Formats: []string{"application/json"},
		}},
	})
}

func (o open311API) services(c *gin.Context) {
	c.JSON(http.StatusOK, list(o.open311.Services, func(s Open311Service) open311.Service { return s.Shown }))
}

// service finds a service by its code.
func (o open311API) service(code string) (Open311Service, bool) {
	i := slices.IndexFunc(o.open311.Services, func(s Open311Service) bool { return s.Shown.Code == code })
	if i < 0 {
		return Open311Service{}, false
	}
	return o.open311.Services[i], true
}

// named is the part of the address that names something, before ".json"; the other
// formats of the specification are not offered.
func named(c *gin.Context, param string) (string, error) {
	if name, ok := strings.CutSuffix(c.Param(param), ".json"); ok && name != "" {
		return name, nil
	}
	return "", problem.New(problem.NotFound, "open311.format", "只提供 JSON 格式，地址以 .json 结尾。")
}

func (o open311API) definition(c *gin.Context) {
	code, err := named(c, "code")
	if err != nil {
		o.fail(c, err)
		return
	}
	if _, ok := o.service(code); !ok {
		o.fail(c, problem.New(problem.NotFound, "open311.service", "没有这项服务（service_code）。"))
		return
	}
	c.JSON(http.StatusOK, open311.Definition{Code: code, Attributes: []struct{}{}})
}

// noList refuses the format's public list: what people wrote to the police is
// nobody else's.
func (o open311API) noList(c *gin.Context) {
	o.fail(c, problem.New(problem.Denied, "open311.list", "不提供来件列表，请用 service_request_id 逐件查询。"))
}

// receive takes a request in and gives out its token.
func (o open311API) receive(c *gin.Context) {
	body, err := open311Body(c)
	if err != nil {
		o.fail(c, err)
		return
	}
	letter, err := o.letter(body)
	if err != nil {
		o.fail(c, err)
		return
	}
	r, err := o.desk.ReceiveFromApp(c.Request.Context(), letter)
	if err != nil {
		o.fail(c, err)
		return
	}
	receipt := open311.Receipt{Token: r.Token}
	if r.Emergency != nil {
		receipt.Notice = r.Emergency.Text
	}
	c.JSON(http.StatusOK, []open311.Receipt{receipt})
}

func open311Body(c *gin.Context) ([]byte, error) {
	media, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return nil, problem.New(problem.Unsupported, "request.media_type", "请求正文必须是 application/x-www-form-urlencoded。")
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, open311.MaxForm))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, problem.New(problem.TooLarge, "request.too_large", "请求正文太大。")
	}
	if err != nil {
		return nil, problem.New(problem.Invalid, "request.malformed", "请求正文不完整。").Because(err)
	}
	return body, nil
}

// letter is what an app sent, once it has shown its key.
func (o open311API) letter(body []byte) (desk.AppLetter, error) {
	f, faults := open311.ParseForm(body)
	if f.APIKey == "" {
		return desk.AppLetter{}, problem.New(problem.Invalid, "open311.key", "缺少 api_key。")
	}
	// Hashes are looked up, not keys: how long that takes says nothing about a key.
	client, ok := o.open311.Keys[sha256.Sum256([]byte(f.APIKey))]
	if !ok {
		return desk.AppLetter{}, problem.New(problem.Denied, "open311.key", "api_key 无效。")
	}
	if !o.responsible(f.Jurisdiction) {
		return desk.AppLetter{}, noJurisdiction()
	}
	var fields []problem.Field
	for _, fault := range faults {
		fields = append(fields, problem.Field{Pointer: fault.Field, Code: "invalid", Message: fault.Message})
	}
	s, known := o.service(f.Service)
	if f.Service != "" && !known {
		fields = append(fields, problem.Field{Pointer: "service_code", Code: "unknown", Message: "没有这项服务（service_code）。"})
	}
	if known && s.Located && len(faults) == 0 && !f.Placed && f.Address == "" {
		fields = append(fields, problem.Field{Pointer: "address_string", Code: "required", Message: "请给出 lat 和 long，或者 address_string。"})
	}
	if len(fields) > 0 {
		return desk.AppLetter{}, problem.New(problem.Invalid, "open311.invalid", "请求有几处需要修改。").With(fields...)
	}
	l := desk.AppLetter{Client: client, Service: s.Matter, Request: body, Title: s.Shown.Name + "：" + channel.TitleOf(f.Description), Text: f.Description + placeOf(&f)}
	if f.Phone != "" {
		l.Contact = &channel.Contact{Name: f.LastName + f.FirstName, Phone: f.Phone}
	}
	return l, nil
}

// placeOf is where a matter is and what shows it, as lines below its description.
func placeOf(f *open311.Form) string {
	var lines strings.Builder
	if f.Address != "" {
		lines.WriteString("\n地点：" + f.Address)
	}
	if f.Placed {
		fmt.Fprintf(&lines, "\n坐标：纬度%v，经度%v", f.Lat, f.Long)
	}
	if f.MediaURL != "" {
		lines.WriteString("\n图片地址（系统没有打开过）：" + f.MediaURL)
	}
	return lines.String()
}

func (o open311API) token(c *gin.Context) {
	token, err := named(c, "token")
	if err != nil {
		o.fail(c, err)
		return
	}
	id, err := o.desk.AppRequestID(c.Request.Context(), token)
	if err != nil {
		o.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, []open311.Token{{ID: id, Token: token}})
}

func (o open311API) request(c *gin.Context) {
	id, err := named(c, "id")
	if err != nil {
		o.fail(c, err)
		return
	}
	p, err := o.desk.AppProgress(c.Request.Context(), id)
	if err != nil {
		o.fail(c, err)
		return
	}
	s, _ := o.service(p.Service) // which may be offered no more
	r := open311.Request{
		ID: id, Status: open311.Open, StatusNotes: p.Reply, ServiceName: s.Shown.Name, ServiceCode: p.Service, Agency: p.Unit,
		Requested: open311.Datetime(shown(p.CreatedAt)), Updated: open311.Datetime(shown(p.UpdatedAt)), Expected: open311.Datetime(shown(p.DueAt)),
	}
	if p.Closed {
		r.Status = open311.Closed
	}
	c.JSON(http.StatusOK, []open311.Request{r})
}

// failOpen311 answers with a problem as the format wants it.
func failOpen311(c *gin.Context, p *Problem) {
	if p.Status == http.StatusUnprocessableEntity {
		p.Status = http.StatusBadRequest // the only one it knows
	}
	found := list(p.Errors, func(f FieldProblem) open311.Error { return open311.Error{Code: p.Status, Description: f.Message} })
	if len(found) == 0 {
		found = []open311.Error{{Code: p.Status, Description: p.Detail}}
	}
	body, err := json.Marshal(found)
	if err != nil {
		c.AbortWithStatus(p.Status)
		return
	}
	c.Abort()
	c.Data(p.Status, "application/json; charset=utf-8", body)
}
