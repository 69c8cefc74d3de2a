package journal

import (
	"bufio"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// MasterKey wraps the streams' keys. It lives outside the data folder; without it nothing sealed can be read.
type MasterKey struct{ key [KeySize]byte }

// Errors of a master key.
var (
	// ErrMasterKey means that a file does not hold a usable master key, or that others may read it.
	ErrMasterKey = errors.New("journal: master key")
	// ErrWrongMasterKey means that the master key is not the one that the keys were wrapped with.
	ErrWrongMasterKey = errors.New("journal: this is not the master key that this data was stored with: use the right key file")
)

// maxKeyFile is more than any key file with its comments has, in bytes.
const maxKeyFile = 4096

// Format writes a placeholder for every verb, so that a master key never gets into a log.
func (MasterKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[master key]") }

// NewMasterKey returns a random master key.
func NewMasterKey() MasterKey {
	var m MasterKey
	_, _ = rand.Read(m.key[:]) // never fails: it ends the program instead
	return m
}

// LoadMasterKey reads a master key from a text file: 32 bytes in hex or base64 on a line of their own; empty lines and lines that
// begin with # are skipped. A file that anyone but its owner may read is refused.
func LoadMasterKey(path string) (MasterKey, error) {
	f, err := os.Open(path)
	if err != nil {
		return MasterKey{}, fmt.Errorf("%w: %w", ErrMasterKey, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return MasterKey{}, fmt.Errorf("%w: %w", ErrMasterKey, err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return MasterKey{}, fmt.Errorf("%w: others can open %s (mode %04o): run chmod 600 on it", ErrMasterKey, path, mode)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return MasterKey{}, fmt.Errorf("%w: %w", ErrMasterKey, err)
	}
	m, err := ParseMasterKey(string(text))
	if err != nil {
		return MasterKey{}, fmt.Errorf("%w (file %s)", err, path)
	}
	return m, nil
}

// ParseMasterKey reads a master key from the text of its file.
func ParseMasterKey(text string) (MasterKey, error) {
	if len(text) > maxKeyFile {
		return MasterKey{}, fmt.Errorf("%w: the text is too long for a key file", ErrMasterKey)
	}
	var found string
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if found != "" {
			return MasterKey{}, fmt.Errorf("%w: more than one key", ErrMasterKey)
		}
		found = line
	}
	b, err := hex.DecodeString(found)
	if err != nil {
		b, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(found, "="))
	}
	if err != nil || len(b) != KeySize {
		return MasterKey{}, fmt.Errorf("%w: expected one line with %d bytes in hex or base64", ErrMasterKey, KeySize)
	}
	return MasterKey{key: [KeySize]byte(b)}, nil
}

// Text returns what the key's file says, for saving it or printing a paper copy.
func (m MasterKey) Text() string {
	return "# Master key of the intake data. Without it nothing stored can be read. Keep a second copy on paper, away from this machine.\n" +
		hex.EncodeToString(m.key[:]) + "\n"
}

// CreateMasterKey makes a random master key and saves it in a new file that only its owner may read. A file that is already there
// is left alone: fs.ErrExist. After a crash there is either no file or a whole one.
func CreateMasterKey(path string) (MasterKey, error) {
	m := NewMasterKey()
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return MasterKey{}, fmt.Errorf("%w: %w", ErrMasterKey, err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(m.Text())
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err == nil {
		err = os.Link(tmp.Name(), path) // unlike a rename, never replaces a file
	}
	if err != nil {
		return MasterKey{}, fmt.Errorf("%w: %w", ErrMasterKey, err)
	}
	d, err := os.Open(dir)
	if err != nil {
		return MasterKey{}, fmt.Errorf("%w: %w", ErrMasterKey, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return MasterKey{}, fmt.Errorf("%w: %w", ErrMasterKey, err)
	}
	return m, nil
}

// Check returns a value that tells one master key from another and gives nothing of it away, for noticing a wrong one.
func (m MasterKey) Check() []byte { return derive(m.key, "intake master key check") }

// Wrap seals a stream's key with the master key, bound to the stream.
func (m MasterKey) Wrap(s Stream, k Key) []byte {
	return m.aead().Seal(nil, nil, k[:], appendStream(nil, s))
}

// Unwrap returns what Wrap sealed, or ErrCorrupt if this is not the wrapped key of this stream.
func (m MasterKey) Unwrap(s Stream, wrapped []byte) (Key, error) {
	b, err := m.aead().Open(nil, nil, wrapped, appendStream(nil, s))
	if err != nil || len(b) != KeySize {
		return Key{}, fmt.Errorf("%w: the key of %s", ErrCorrupt, s)
	}
	return Key(b), nil
}

func (m MasterKey) aead() cipher.AEAD { return newAEAD(derive(m.key, "intake master key wrap")) }

// derive makes a key for one purpose from another.
func derive(secret [KeySize]byte, purpose string) []byte {
	k, err := hkdf.Key(sha256.New, secret[:], nil, purpose, KeySize)
	if err != nil {
		panic(err) // only for lengths that SHA-256 cannot give
	}
	return k
}
