// Package portal draws the public pages: plain HTML that works without
// JavaScript, on a 320 px phone, with a screen reader, in an elder version; and the
// sheets staff print.
//
// It owns the templates, the style sheet, the small script, and the view
// structs that say what each page shows. It does not own routes, cookies, forms
// or the desk: the server fills a view and passes it to [Pages.Render].
//
// The templates are the .qtpl files, with the Go that qtc makes of them beside them
// (go generate): unlike html/template they need no reflection, which would keep the
// linker from dropping what nobody calls (ADR 30).
//
// Invariants: every value is escaped, {%s with quotes and brackets where text and
// attributes are, {%u where it becomes part of an address; no page holds inline
// script or style, and none refers to another host, so the strictest content
// security policy holds; static files carry a hash of their content in their
// name and may be cached for ever.
package portal
