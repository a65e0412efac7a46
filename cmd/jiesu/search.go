package main

import "jiesu/internal/app"

type searchCommand struct {
	Keys searchKeysCommand `cmd:"" help:"Keys that may do what the desk does, and nothing else."`
}

type searchKeysCommand struct {
	Issue  searchIssueCommand  `cmd:"" default:"1" help:"Make them, and print the setting."`
	Rotate searchRotateCommand `cmd:"" help:"Make others beside them, and print the setting."`
	Retire searchRetireCommand `cmd:"" help:"Delete those that others were made for."`
}

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
