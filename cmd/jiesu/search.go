package main

import "jiesu/internal/app"

type searchCommand struct {
	Keys *searchKeysCommand `arg:"subcommand:keys" help:"Keys that may do what the desk does, and nothing else."`
}

type searchKeysCommand struct {
	Issue  *searchIssueCommand  `arg:"subcommand:issue" help:"Make them, and print the setting."`
	Rotate *searchRotateCommand `arg:"subcommand:rotate" help:"Make others beside them, and print the setting."`
	Retire *searchRetireCommand `arg:"subcommand:retire" help:"Delete those that others were made for."`
}

// Run is issue.
func (searchKeysCommand) Run(r *run) error { return searchIssueCommand{}.Run(r) }

type searchIssueCommand struct{}

func (searchIssueCommand) Run(r *run) error {
	return app.IssueSearchKeys(r.ctx, r.config, r.environ, true, r.out)
}

type searchRotateCommand struct{}

func (searchRotateCommand) Run(r *run) error {
	return app.IssueSearchKeys(r.ctx, r.config, r.environ, false, r.out)
}

type searchRetireCommand struct{}

func (searchRetireCommand) Run(r *run) error {
	return app.RetireSearchKeys(r.ctx, r.config, r.environ, r.out)
}
