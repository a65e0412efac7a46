package app

import "syscall"

// space is how many bytes are free, and how many there are, where a folder lies.
func space(folder string) (free, total uint64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, 0, err
	}
	size := uint64(s.Bsize) //nolint:gosec // never negative
	return s.Bavail * size, s.Blocks * size, nil
}
