package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.org/intake/bot/audit"
)

func auditCommand() command {
	return command{name: "audit", short: "check or export the record of who saw what", long: `Usage: intake audit verify [-head N:HASH]
       intake audit export > record.jsonl

verify follows the whole chain and names the first place where it does not hold; then it exits with 1. It prints the head of the chain: keep it
elsewhere, and give it back with -head, so that records cut off at the very end are noticed too. export writes every record as it is stored, one
a line: each holds the SHA-256 of the line before. Both ask the running server if there is one, and open the data folder themselves if there is
none; both are recorded.`,
		flags: func(s *settings) {
			s.dataFlags()
			s.fs.StringVar(&s.head, "head", "", "the `head` that an earlier verify printed, to compare; several parted by commas")
			s.fs.StringVar(&s.addr, "addr", "127.0.0.1:8080", "the `address` that the server listens on, when it is not running")
			s.fs.StringVar(&s.publicURL, "public-url", "", "the `URL` under which staff reach the program, when it is not running")
		}, run: runAudit}
}

// verdict is what became of a check of the record.
type verdict struct {
	Records int    `json:"records"` // that hold together from the first on
	Head    string `json:"head"`    // "N:HASH"
	Broken  string `json:"broken"`  // where the chain does not hold, "" if it does
}

func runAudit(ctx context.Context, p *program, s *settings, args []string) error {
	if len(args) != 1 || args[0] != "verify" && args[0] != "export" {
		return fmt.Errorf("audit needs one word: verify or export%w", errUsage)
	}
	return withKeeper(ctx, p, s, func(k keeper) error {
		if args[0] == "export" {
			return k.export(ctx, p.stdout)
		}
		v, err := k.verify(ctx, s.head)
		if err != nil {
			return err
		}
		if v.Broken != "" {
			return fmt.Errorf("%d records hold together, then: %s", v.Records, v.Broken)
		}
		_, err = fmt.Fprintf(p.stdout, "%d records, the chain holds.\nHead: %s\n", v.Records, v.Head)
		return err
	})
}

// parseHeads reads "N:HASH,N:HASH".
func parseHeads(text string) ([]audit.Head, error) {
	var heads []audit.Head
	for one := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		n, hash, ok := strings.Cut(one, ":")
		number, err := strconv.ParseUint(n, 10, 64)
		if !ok || err != nil || len(hash) != 64 {
			return nil, fmt.Errorf("-head %q is none: give what `intake audit verify` printed behind Head%w", one, errUsage)
		}
		heads = append(heads, audit.Head{N: number, Hash: hash})
	}
	return heads, nil
}

// verify checks the record; the check itself is part of it.
func (h *house) verify(ctx context.Context, text string) (verdict, error) {
	heads, err := parseHeads(text)
	if err != nil {
		return verdict{}, err
	}
	n, err := h.audit.Verify(ctx, heads...)
	var broken *audit.Broken
	if errors.As(err, &broken) {
		return verdict{Records: n, Broken: broken.Error()}, nil
	}
	if err != nil {
		return verdict{}, err
	}
	if err := h.audit.Write(ctx, audit.Record{At: h.now(), Who: audit.Terminal, Act: audit.Verified}); err != nil {
		return verdict{}, err
	}
	head, err := h.audit.Head(ctx)
	if err != nil {
		return verdict{}, err
	}
	return verdict{Records: n, Head: fmt.Sprintf("%d:%s", head.N, head.Hash)}, nil
}

// export writes every record as it is stored, one a line.
func (h *house) export(ctx context.Context, to io.Writer) error {
	if err := h.audit.Write(ctx, audit.Record{At: h.now(), Who: audit.Terminal, Act: audit.Exported, Object: "record"}); err != nil {
		return err
	}
	out := bufio.NewWriter(to)
	err := h.audit.All(ctx, time.Time{}, func(_ audit.Record, stored []byte) error {
		if _, err := out.Write(append(stored, '\n')); err != nil {
			return fmt.Errorf("writing the record: %w", err)
		}
		return nil
	})
	return errors.Join(err, out.Flush())
}

// What the last line of an export over the control socket says; a record is never like that.
const (
	exportWhole  = "# whole"
	exportBroken = "# broken: "
)

func (k remote) export(ctx context.Context, to io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://intake/audit/export", nil)
	if err != nil {
		return fmt.Errorf("asking the running server: %w", err)
	}
	res, err := k.client.Do(req)
	if err != nil {
		return fmt.Errorf("asking the running server: %w", err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		line := lines.Text()
		if line == exportWhole {
			return nil
		}
		if why, ok := strings.CutPrefix(line, exportBroken); ok {
			return errors.New(why)
		}
		if _, err := fmt.Fprintln(to, line); err != nil {
			return fmt.Errorf("writing the record: %w", err)
		}
	}
	return errors.Join(errors.New("the export ended too early: what was written is not whole"), lines.Err())
}
