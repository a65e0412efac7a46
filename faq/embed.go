package faq

import (
	"embed"
	"io/fs"
)

//go:embed library golden/*.jsonl documents lines.yaml topics.yaml hotlines.yaml schema
var shipped embed.FS

// Shipped is the library that comes with the program: national law, marked as
// a sample that a bureau must review.
func Shipped() fs.FS { return shipped }
