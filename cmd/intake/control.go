package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"example.org/intake/bot/audit"
	"example.org/intake/bot/editorial"
	"example.org/intake/bot/staff"
)

// The data folder can be open in one process only. Commands that need it ask the running server through a socket in the folder, which only the
// folder's owner can open; where no server runs, they open the folder themselves. Both ways end in the same methods of keeper.

func controlSocket(data string) string { return filepath.Join(data, "control.sock") }

// keeper is what commands may do with a data folder.
type keeper interface {
	invite(ctx context.Context, role string) (link string, err error)
	staff(ctx context.Context) ([]person, error)
	disable(ctx context.Context, login string) error
	reset(ctx context.Context, login string) (link string, err error)
	verify(ctx context.Context, heads string) (verdict, error)
	export(ctx context.Context, to io.Writer) error
	signed(ctx context.Context) (map[string]bool, error)
}

// person is one account as listed.
type person struct {
	Login string `json:"login"`
	Name  string `json:"name"`
	Role  string `json:"role"`
	State string `json:"state"`

	Secured bool `json:"secured"` // has a second factor
}

// invite makes a one-time link for a new account.
func (h *house) invite(ctx context.Context, role string) (string, error) {
	if !staff.Role(role).Known() {
		return "", fmt.Errorf("%q is not a role: use %s, %s or %s", role, staff.Staff, staff.Supervisor, staff.Administrator)
	}
	if err := h.audit.Write(ctx, audit.Record{At: h.now(), Who: audit.Terminal, Act: audit.Invited, Object: role}); err != nil {
		return "", err
	}
	token, err := h.directory.Invite(ctx, staff.Role(role), audit.Terminal)
	if err != nil {
		return "", err
	}
	return h.public.String() + "/staff/setup?token=" + token, nil
}

func (h *house) staff(context.Context) ([]person, error) {
	people := []person{}
	for _, a := range h.directory.List() {
		people = append(people, person{Login: a.Login, Name: a.Name, Role: string(a.Role), State: string(a.State), Secured: a.Secured})
	}
	return people, nil
}

// find gives the account with a sign-in name.
func (h *house) find(login string) (staff.Account, error) {
	a, ok := h.directory.Find(login)
	if !ok {
		return a, fmt.Errorf("nobody has the sign-in name %q: see `intake staff list`", login)
	}
	return a, nil
}

// disable ends all sessions of an account for good.
func (h *house) disable(ctx context.Context, login string) error {
	a, err := h.find(login)
	if err != nil {
		return err
	}
	if err := h.audit.Write(ctx, audit.Record{At: h.now(), Who: audit.Terminal, Act: audit.Disabled, Object: a.ID}); err != nil {
		return err
	}
	err = h.directory.Disable(ctx, a.ID, audit.Terminal)
	if errors.Is(err, staff.ErrLastAdministrator) {
		return errors.New("this is the last administrator: invite another one first, with `intake staff add -role administrator`")
	}
	return err
}

// reset makes a one-time link with which somebody sets up passphrase and second factor anew.
func (h *house) reset(ctx context.Context, login string) (string, error) {
	a, err := h.find(login)
	if err != nil {
		return "", err
	}
	if err := h.audit.Write(ctx, audit.Record{At: h.now(), Who: audit.Terminal, Act: audit.ResetDone, Object: a.ID}); err != nil {
		return "", err
	}
	token, err := h.directory.Reset(ctx, a.ID, audit.Terminal)
	if errors.Is(err, staff.ErrUnknown) {
		return "", fmt.Errorf("the account %q is disabled, which cannot be undone: make a new one with `intake staff add`", login)
	}
	if err != nil {
		return "", err
	}
	return h.public.String() + "/staff/setup?token=" + token, nil
}

// signed says which topics were signed off in the console.
func (h *house) signed(ctx context.Context) (map[string]bool, error) {
	return editorial.Signed(ctx, h.journal)
}

// serveControl answers commands on the socket until the listener is closed.
func (h *house) serveControl(data string) (io.Closer, error) {
	path := controlSocket(data)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) { // left by a server that was killed: the folder's lock is ours
		return nil, fmt.Errorf("removing an old control socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("opening the control socket %s: %w", path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("closing the control socket to others: %w", err), l.Close())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /staff/{role}", func(w http.ResponseWriter, r *http.Request) {
		link, err := h.invite(r.Context(), r.PathValue("role"))
		reply(w, link, err)
	})
	mux.HandleFunc("POST /staff/{login}/disable", func(w http.ResponseWriter, r *http.Request) {
		reply(w, true, h.disable(r.Context(), r.PathValue("login")))
	})
	mux.HandleFunc("POST /staff/{login}/reset", func(w http.ResponseWriter, r *http.Request) {
		link, err := h.reset(r.Context(), r.PathValue("login"))
		reply(w, link, err)
	})
	mux.HandleFunc("POST /audit/verify", func(w http.ResponseWriter, r *http.Request) {
		v, err := h.verify(r.Context(), r.URL.Query().Get("head"))
		reply(w, v, err)
	})
	mux.HandleFunc("POST /audit/export", func(w http.ResponseWriter, r *http.Request) {
		if err := h.export(r.Context(), w); err != nil {
			// The command sees that the last line is missing.
			_, _ = fmt.Fprintln(w, exportBroken+err.Error())
			return
		}
		_, _ = fmt.Fprintln(w, exportWhole) // the command may have gone
	})
	mux.HandleFunc("GET /staff", func(w http.ResponseWriter, r *http.Request) {
		people, err := h.staff(r.Context())
		reply(w, people, err)
	})
	mux.HandleFunc("GET /signed", func(w http.ResponseWriter, r *http.Request) {
		list, err := h.signed(r.Context())
		reply(w, list, err)
	})
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = srv.Serve(l) }() // ends with the listener
	return srv, nil
}

func reply(w http.ResponseWriter, v any, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_ = json.NewEncoder(w).Encode(v) // the command may have gone
}

// remote is a keeper on the other side of the socket.
type remote struct{ client *http.Client }

func (k remote) invite(ctx context.Context, role string) (link string, err error) {
	err = k.call(ctx, http.MethodPost, "/staff/"+role, &link)
	return link, err
}

func (k remote) staff(ctx context.Context) (people []person, err error) {
	err = k.call(ctx, http.MethodGet, "/staff", &people)
	return people, err
}

func (k remote) disable(ctx context.Context, login string) error {
	var done bool
	return k.call(ctx, http.MethodPost, "/staff/"+url.PathEscape(login)+"/disable", &done)
}

func (k remote) reset(ctx context.Context, login string) (link string, err error) {
	err = k.call(ctx, http.MethodPost, "/staff/"+url.PathEscape(login)+"/reset", &link)
	return link, err
}

func (k remote) verify(ctx context.Context, heads string) (v verdict, err error) {
	err = k.call(ctx, http.MethodPost, "/audit/verify?head="+url.QueryEscape(heads), &v)
	return v, err
}

func (k remote) signed(ctx context.Context) (list map[string]bool, err error) {
	err = k.call(ctx, http.MethodGet, "/signed", &list)
	return list, err
}

func (k remote) call(ctx context.Context, method, path string, to any) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://intake"+path, nil)
	if err != nil {
		return fmt.Errorf("asking the running server: %w", err)
	}
	res, err := k.client.Do(req)
	if err != nil {
		return fmt.Errorf("asking the running server: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("asking the running server: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return errors.New(string(bytes.TrimSpace(body)))
	}
	if err := json.Unmarshal(body, to); err != nil {
		return fmt.Errorf("reading the running server's answer: %w", err)
	}
	return nil
}

// withKeeper runs a command on the data folder, through the running server if there is one.
func withKeeper(ctx context.Context, p *program, s *settings, do func(keeper) error) error {
	path := controlSocket(s.data)
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}
	if c, err := dial(ctx, "", ""); err == nil {
		_ = c.Close() // only asked whether somebody is there
		return do(remote{&http.Client{Transport: &http.Transport{DialContext: dial}, Timeout: 5 * time.Minute}})
	}
	public, err := publicURL(s, offline(s.addr))
	if err != nil {
		return err
	}
	j, err := openJournal(ctx, p, s)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	h := &house{public: public, journal: j, audit: audit.New(j), now: p.now}
	if h.directory, err = staff.Open(ctx, j, p.now, staff.Idle); err == nil {
		err = do(h)
	}
	stop()
	return errors.Join(err, j.Close())
}

// offline is the address that a server would listen on.
type offline string

func (offline) Network() string  { return "tcp" }
func (o offline) String() string { return string(o) }

var _, _ keeper = (*house)(nil), remote{}
