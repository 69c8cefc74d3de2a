// Command intake is the whole program: the chat for a clinic's website, the staff console, and the commands to look after them.
//
// It is the only package that knows every other one. Each subcommand has a file of its own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// program is what a command may use of the world outside, so that a test can run the real thing.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
	terminal       bool // standard output is a terminal: secrets may be shown once
}

// command is one subcommand.
type command struct {
	name  string
	short string // one line for `intake help`
	long  string // for `intake help NAME`, before the settings
	flags func(*settings)
	run   func(context.Context, *program, *settings, []string) error
}

func commands() []command {
	return []command{serveCommand(), askCommand(), checkCommand(), evalCommand(), staffCommand(), auditCommand(), notifyCommand(), doctorCommand()}
}

// errUsage marks an error in how a command was called: exit 2.
var errUsage = errors.New("")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, now: time.Now, terminal: isTerminal(os.Stdout)}
	os.Exit(p.main(ctx, os.Args[1:]))
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// main runs one command and returns the exit code.
func (p *program) main(ctx context.Context, args []string) int {
	err := p.dispatch(ctx, args)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintln(p.stderr, "intake:", err)
		return 2
	}
	fmt.Fprintln(p.stderr, "intake:", err)
	return 1
}

func (p *program) dispatch(ctx context.Context, args []string) error {
	name := "serve"
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		name, args = args[0], args[1:]
	} else if len(args) > 0 && (args[0] == "-h" || args[0] == "-help" || args[0] == "--help") {
		name, args = "help", nil
	}
	if name == "help" {
		return p.help(args)
	}
	for _, c := range commands() {
		if c.name != name {
			continue
		}
		s := newSettings(c.name)
		if c.flags != nil {
			c.flags(s)
		}
		rest, err := s.load(args, p.getenv)
		if errors.Is(err, flag.ErrHelp) {
			return p.help([]string{c.name})
		}
		if err != nil {
			return err
		}
		return c.run(ctx, p, s, rest)
	}
	return fmt.Errorf("there is no command %q: see `intake help`%w", name, errUsage)
}

func (p *program) help(args []string) error {
	if len(args) == 0 {
		fmt.Fprint(p.stdout, "intake is a chat for the website of a clinic, with a console for its staff.\n\nUsage: intake [COMMAND] [FLAGS]\n\nCommands:\n")
		for _, c := range commands() {
			fmt.Fprintf(p.stdout, "  %-8s %s\n", c.name, c.short)
		}
		fmt.Fprint(p.stdout, "  help     show this, or with a command's name its settings\n\nWithout a command it serves.\n")
		return nil
	}
	for _, c := range commands() {
		if c.name == args[0] {
			s := newSettings(c.name)
			if c.flags != nil {
				c.flags(s)
			}
			fmt.Fprintf(p.stdout, "%s\n", c.long)
			s.describe(p.stdout)
			return nil
		}
	}
	return fmt.Errorf("there is no command %q: see `intake help`%w", args[0], errUsage)
}
