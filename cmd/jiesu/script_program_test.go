package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"
)

// storyProgram makes a folder in which the stories find the program: by the name
// jiesu this test is the program, with a clock that can be set. Tests that look
// for races look for them in the rooms, over HTTP and in the fleet that is killed
// ([newFleet]); the stories would only be told several times slower, so theirs is
// the same program without the detector.
func storyProgram(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	program := filepath.Join(dir, "jiesu")
	if !raceDetected() {
		self, err := os.Executable()
		must(t, err)
		must(t, os.Symlink(self, program))
		return dir
	}
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-ldflags=-s -w", "-o", program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return dir
}

// raceDetected reports whether this test was built with the race detector.
func raceDetected() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
