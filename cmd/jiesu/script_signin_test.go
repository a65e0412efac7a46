package main

import (
	"strconv"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/rogpeppe/go-internal/testscript"
)

// code is a telephone: what its app shows for a secret, on the clock of the story.
func code(ts *testscript.TestScript, _ bool, args []string) {
	at := storyTime(ts.Getenv("JIESU_TEST_CLOCK"))()
	if len(args) > 2 {
		steps, err := strconv.Atoi(args[2])
		ts.Check(err)
		at = at.Add(time.Duration(steps) * 30 * time.Second)
	}
	shown, err := totp.GenerateCode(args[1], at)
	ts.Check(err)
	ts.Setenv(args[0], shown)
}
