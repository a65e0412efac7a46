package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	stopsWithin  = 40 * time.Second
	startsWithin = 60 * time.Second
)

// process is a server that is measured.
type process struct {
	command *exec.Cmd
	address string // host:port
	took    time.Duration
	said    []string // before it served
}

// start runs a program until it says where it serves: a line with its address
// behind the words.
func start(ctx context.Context, words, program string, args, env []string) (*process, error) {
	p := &process{command: exec.Command(program, args...)} //nolint:gosec,noctx // what is to be measured; stop ends it
	p.command.Env = append(os.Environ(), env...)
	p.command.Stderr = nil // a log line a request belongs to what is measured, its reader does not
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if _, address, ok := strings.Cut(lines.Text(), words); ok {
				found <- strings.TrimSpace(address)
				break
			}
			p.said = append(p.said, lines.Text())
		}
		close(found)
		_, _ = io.Copy(io.Discard, out)
	}()
	select {
	case address, ok := <-found:
		if ok {
			p.address, p.took = strings.TrimPrefix(address, "http://"), time.Since(begin)
			return p, nil
		}
	case <-time.After(startsWithin):
	case <-ctx.Done():
	}
	_ = p.command.Process.Kill()
	_ = p.command.Wait()
	return nil, errors.Join(fmt.Errorf("%s did not say where it serves", program), ctx.Err())
}

// stop ends it as an operator does.
func (p *process) stop() error {
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- p.command.Wait() }()
	select {
	case err := <-ended:
		if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == -1 {
			return nil // by the signal
		}
		return err
	case <-time.After(stopsWithin):
		_ = p.command.Process.Kill()
		return fmt.Errorf("process %d did not end", p.command.Process.Pid)
	}
}

// resident is its memory, in bytes.
func (p *process) resident() float64 {
	for line := range strings.Lines(readFirst(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmRSS:" {
			kb, _ := strconv.ParseFloat(f[1], 64)
			return kb * 1024
		}
	}
	return 0
}

// cpu is the time its threads have spent on processors.
func (p *process) cpu() (spent time.Duration) {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.command.Process.Pid)) // the pattern is right
	for _, t := range threads {
		if f := strings.Fields(readFirst(t)); len(f) > 0 {
			ns, _ := strconv.ParseInt(f[0], 10, 64)
			spent += time.Duration(ns)
		}
	}
	return spent
}

func readFirst(path string) string {
	raw, err := os.ReadFile(path) //nolint:gosec // of /proc
	if err != nil {
		return ""
	}
	return string(raw)
}

func machine() string {
	model := "unknown processor"
	for line := range strings.Lines(readFirst("/proc/cpuinfo")) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	memory := strings.Fields(readFirst("/proc/meminfo"))
	gib := 0.0
	if len(memory) > 1 {
		kb, _ := strconv.ParseFloat(memory[1], 64)
		gib = kb / (1 << 20)
	}
	return fmt.Sprintf("%d × %s, %.0f GiB, %s", runtime.NumCPU(), model, gib, runtime.Version())
}
