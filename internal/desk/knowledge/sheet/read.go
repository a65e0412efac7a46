package sheet

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a file may measure.
const (
	MaxBytes    = 4 << 20  // of all files of an import
	MaxUnzipped = 32 << 20 // of what a workbook holds
	MaxRows     = 5000
)

// File is a file to be read.
type File struct {
	Name    string // shown with its faults; may be empty
	Content []byte
}

// Row is one entry as it stands in a file. Cells are text by column, tidied;
// empty ones are left out.
type Row struct {
	File   string
	N      int // of the sheet's row, or of the line its YAML begins with
	Cells  map[string]string
	Broken bool // some of it could not be taken
}

// Fault is something that cannot be taken.
type Fault struct {
	File    string
	Row     int    // 0: the file as a whole
	Column  string // id; what a client made up is not repeated
	Code    string
	Message string // Chinese
}

// Book is what files hold.
type Book struct {
	Rows   []Row
	Faults []Fault // in reading order
}

func (b *Book) fault(f Fault) { b.Faults = append(b.Faults, f) }

// Read reads files, each a workbook or YAML by what it begins with.
func Read(files ...File) Book {
	var b Book
	size := 0
	for _, f := range files {
		size += len(f.Content)
	}
	if size > MaxBytes {
		b.fault(Fault{Code: "too_large", Message: "文件太大：一次最多导入4MB。"})
		return b
	}
	for _, f := range files {
		switch {
		case len(bytes.TrimSpace(f.Content)) == 0:
			b.fault(Fault{File: f.Name, Code: "empty", Message: "文件是空的。"})
		case bytes.HasPrefix(f.Content, []byte("PK")):
			b.readWorkbook(f)
		case bytes.HasPrefix(f.Content, []byte("\xD0\xCF\x11\xE0")):
			b.fault(Fault{File: f.Name, Code: "format", Message: "这是旧格式或者加了密码的工作簿，请另存为不加密的 .xlsx 再导入。"})
		default:
			b.readYAML(f)
		}
		if len(b.Rows) > MaxRows {
			b.Rows = b.Rows[:MaxRows]
			b.fault(Fault{File: f.Name, Code: "too_many_rows", Message: "行数太多：一次最多" + strconv.Itoa(MaxRows) + "行。"})
			break
		}
	}
	if len(b.Faults) == 0 && len(b.Rows) == 0 {
		b.fault(Fault{Code: "empty", Message: "文件里没有问答。"})
	}
	return b
}

// put takes a cell into a row, or names what is wrong with it.
func (b *Book) put(r *Row, c *Column, s string) {
	fault := func(code, message string) {
		b.fault(Fault{File: r.File, Row: r.N, Column: c.ID, Code: code, Message: message})
	}
	switch s = c.tidy(s); {
	case s == "":
	case !utf8.ValidString(s):
		fault("encoding", "含有无法识别的字符，请使用UTF-8编码。")
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }):
		fault("control_character", "含有制表符或者不可见的控制字符，请删除后重试。")
	default:
		r.Cells[c.ID] = s
	}
}

// take adds a row that began when there were so many faults. An empty one is
// nothing.
func (b *Book) take(r Row, faults int) {
	if r.Broken = len(b.Faults) > faults; r.Broken || len(r.Cells) > 0 {
		b.Rows = append(b.Rows, r)
	}
}
