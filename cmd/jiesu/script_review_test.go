package main

import (
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// join adds an account while the server runs, and signs it in.
func join(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("jiesu", "user", "add", args[0], "--name", "新来的"+args[0], "--unit", args[1], "--role", args[2]))
	added := strings.Fields(ts.ReadFile("stdout"))
	in(ts).printed = append(in(ts).printed, strings.Join([]string{added[0], added[1], args[2], args[1]}, " "))
	login(ts, false, args[:1])
}

// reviewed takes a step of a review with each of those who are signed in, in
// order, on the version that is there.
func reviewed(ts *testscript.TestScript, _ bool, args []string) {
	for _, reader := range args[1:] {
		token := "Authorization: Bearer " + ts.Getenv(reader)
		request(ts, false, []string{"GET", "/api/v1/staff/reviews/" + args[0], token})
		status(ts, false, []string{"200"})
		save(ts, false, []string{"hash", "hash"})
		save(ts, false, []string{"step", "waits.step"})
		body := `{"move":"pass","hash":"` + ts.Getenv("hash") + `","step":"` + ts.Getenv("step") + `","gates":["political","legal","policy","secrecy","wording"]}`
		request(ts, false, []string{"POST", "/api/v1/staff/reviews/" + args[0] + "/moves", body, token})
		status(ts, false, []string{"200"})
	}
}

// text makes a move of a review as somebody who is signed in, on the version
// that is there.
func text(ts *testscript.TestScript, _ bool, args []string) {
	token := "Authorization: Bearer " + ts.Getenv(args[1])
	request(ts, false, []string{"GET", "/api/v1/staff/reviews/" + args[0], token})
	status(ts, false, []string{"200"})
	save(ts, false, []string{"hash", "hash"})
	body := strings.TrimSuffix(args[2], "}") + `,"hash":"` + ts.Getenv("hash") + `"}`
	request(ts, false, []string{"POST", "/api/v1/staff/reviews/" + args[0] + "/moves", body, token})
}

// formula puts a formula into a cell of a workbook.
func formula(ts *testscript.TestScript, _ bool, args []string) {
	f, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(f.SetCellFormula(f.GetSheetName(0), args[1], "1+1"))
	ts.Check(f.Save())
	ts.Check(f.Close())
}
