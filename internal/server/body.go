package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"jiesu/internal/problem"
)

const (
	maxBody  = 64 << 10 // bytes of a JSON body
	maxDepth = 16       // of nested JSON; the deepest body needs 3
)

// readJSON reads and checks the body of an API request, so that everything
// behind it can rely on JSON that is small, shallow, UTF-8 and free of control
// characters.
func (s *Server) readJSON(c *gin.Context) {
	if c.Request.Method != http.MethodPost || !strings.HasPrefix(c.FullPath(), "/api/") || takesFile(c.FullPath()) {
		c.Next()
		return
	}
	body, err := jsonBody(c.Writer, c.Request)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	c.Next()
}

// takesFile names the routes whose body is a file.
func takesFile(path string) bool {
	return slices.Contains([]string{attachmentsPath, libraryImportPath, mailImportRoute, mailRefusedRoute, hotlinesImportPath, ordersImportPath}, path)
}

// mayBeEmpty names the one route whose body says nothing in the usual case.
func mayBeEmpty(path string) bool { return path == "/api/v1/chat/passes" }

func jsonBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength == 0 && r.Header.Get("Content-Type") == "" && mayBeEmpty(r.URL.Path) {
		r.Header.Set("Content-Type", "application/json")
		return []byte("{}"), nil
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return nil, problem.New(problem.Unsupported, "request.media_type", "请求正文必须是 application/json。")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, unreadBody(err)
	}
	if !utf8.Valid(body) {
		return nil, problem.New(problem.Invalid, "request.encoding", "请求正文不是有效的 UTF-8。")
	}
	if !json.Valid(body) {
		return nil, problem.New(problem.Invalid, "request.malformed", "请求正文不是有效的 JSON。")
	}
	return body, checkValue(json.NewDecoder(bytes.NewReader(body)), "", 0)
}

// unreadBody tells a body that is too large from one that broke off.
func unreadBody(err error) error {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return problem.New(problem.TooLarge, "request.too_large", "请求正文太大。").Because(tooLarge)
	}
	return problem.New(problem.Invalid, "request.incomplete", "请求正文没有收完整。").Because(err)
}

// checkValue refuses what no field of ours can hold, and every name but the exact one,
// once: Go puts TITLE, and a second title, into the same field as the title that was
// checked against the description of the API.
func checkValue(d *json.Decoder, pointer string, depth int) error {
	if depth > maxDepth {
		return problem.New(problem.Invalid, "request.too_deep", "请求正文嵌套太深。")
	}
	token, err := d.Token()
	if err != nil {
		return problem.New(problem.Invalid, "request.malformed", "请求正文不是有效的 JSON。").Because(err)
	}
	switch token {
	case json.Delim('['):
		for i := 0; err == nil && d.More(); i++ {
			err = checkValue(d, pointer+"/"+strconv.Itoa(i), depth+1)
		}
	case json.Delim('{'):
		err = checkMembers(d, pointer, depth+1)
	default:
		text, _ := token.(string)
		return checkText(text, pointer)
	}
	if err == nil {
		_, err = d.Token() // the end
	}
	return err
}

func checkMembers(d *json.Decoder, pointer string, depth int) error {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		at := pointer + "/" + safeName(name)
		switch {
		case strings.ToLower(safeName(name)) != name: // as all of ours are
			return oddMember(at, "unknown_field", "没有这个字段。")
		case seen[name]:
			return oddMember(at, "duplicate", "这个字段出现了两次。")
		}
		seen[name] = true
		if err := checkValue(d, at, depth); err != nil {
			return err
		}
	}
	return nil
}

func oddMember(pointer, code, message string) error {
	return problem.New(problem.Invalid, "request.invalid", "请求有几处不正确。").With(problem.Field{Pointer: pointer, Code: code, Message: message})
}

func checkText(s, pointer string) error {
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }) {
		return nil
	}
	return problem.New(problem.Invalid, "request.control_character", "内容含有不可见的控制字符，请删除后重试。").
		With(problem.Field{Pointer: pointer, Code: "control_character", Message: "含有不可见的控制字符，请删除后重试。"})
}

// safeName is a member's name if it can be one of ours. Other names come from
// the client and are not repeated.
func safeName(name string) string {
	if name == "" || len(name) > 40 || strings.ContainsFunc(name, func(r rune) bool {
		return r > unicode.MaxASCII || r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		return "?"
	}
	return name
}
