//go:build !linux

package app

import "errors"

// space is only known on Linux, where jiesu is run for others.
func space(string) (free, total uint64, err error) { return 0, 0, errors.ErrUnsupported }
