package main

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkStart is the time from the start of the process to the first answer
// of /readyz, over the shipped library and an existing database, and the
// resident memory at rest after it.
func BenchmarkStart(b *testing.B) {
	program := filepath.Join(b.TempDir(), "jiesu")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	data := b.TempDir()
	started(b, program, data) // makes the database and the first accounts
	var memory, took float64
	for b.Loop() {
		t, m := started(b, program, data)
		took += t.Seconds()
		memory += m
	}
	b.ReportMetric(1000*took/float64(b.N), "ms/start")
	b.ReportMetric(memory/float64(b.N), "MB-resident")
}

func started(b *testing.B, program, data string) (time.Duration, float64) {
	b.Helper()
	p := exec.CommandContext(b.Context(), program, "serve")
	p.Env = append(os.Environ(), "JIESU_LISTEN=127.0.0.1:0", "JIESU_DATA="+data)
	out, err := p.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	from := time.Now()
	if err := p.Start(); err != nil {
		b.Fatal(err)
	}
	address := ""
	for lines := bufio.NewScanner(out); address == "" && lines.Scan(); {
		address, _ = strings.CutPrefix(lines.Text(), "jiesu serves on ")
		if !strings.HasPrefix(address, "http") {
			address = ""
		}
	}
	answer, err := http.Get(address + "/readyz")
	if err != nil || answer.StatusCode != http.StatusOK {
		b.Fatalf("not ready: %v", err)
	}
	_ = answer.Body.Close()
	took := time.Since(from)
	memory := resident(b, p.Process.Pid)
	if err := p.Process.Signal(os.Interrupt); err != nil {
		b.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		b.Fatal(err)
	}
	return took, memory
}

// resident reads the resident memory of a process, in MB.
func resident(b *testing.B, pid int) float64 {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmRSS:" {
			kb, err := strconv.Atoi(f[1])
			if err != nil {
				b.Fatal(err)
			}
			return float64(kb) / 1024
		}
	}
	return 0
}
