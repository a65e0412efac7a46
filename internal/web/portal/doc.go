// Package portal draws the public pages: plain HTML that works without
// JavaScript, on a 320 px phone, with a screen reader, in an elder version; and the
// sheets staff print.
//
// It owns the templates, the style sheet, the small script, and the view
// structs that say what each page shows. It does not own routes, cookies, forms
// or the desk: the server fills a view and passes it to [Pages.Render].
//
// Invariants: every value is escaped by html/template; no page holds inline
// script or style, and none refers to another host, so the strictest content
// security policy holds; static files carry a hash of their content in their
// name and may be cached for ever.
package portal
