// Package audit keeps the record of who saw what and who did what in the console. The records form a chain: each holds the hash of the one
// before it, so that one changed, removed or moved is found by [Log.Verify]. A record names accounts, acts and objects by their ids; there
// is no place in it for free text or for anything that a visitor wrote.
package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Act names what was done.
type Act string

// The acts. The object is named behind each.
const (
	SignedIn     Act = "signed_in"     // nothing
	Passed       Act = "passed"        // nothing: the passphrase is right, a second factor is still to be set up
	SigninFailed Act = "signin_failed" // nothing; who is Unknown if no account has that name
	SignedOut    Act = "signed_out"    // nothing
	Invited      Act = "invited"       // a role
	Accepted     Act = "accepted"      // nothing
	Disabled     Act = "disabled"      // the account
	Listed       Act = "listed"        // which part of the worklist
	Opened       Act = "opened"        // a request and its conversation
	StatusSet    Act = "status"        // "<request>:<status>"
	Noted        Act = "noted"         // a request
	Exported     Act = "exported"      // "<request>:<form>:<disclosure>", "list:csv:<disclosure>", "record", or "numbers:<period>:<language>"
	Disclosures  Act = "disclosures"   // nothing: the log of disclosures
	Accounted    Act = "accounted"     // a request whose disclosures were looked at, or "none"
	Searched     Act = "searched"      // "requests:<how many were found>"; never what was looked for
	Claimed      Act = "claimed"       // a request
	ClaimLost    Act = "claim_lost"    // a request that somebody else had
	Released     Act = "released"      // a request
	Given        Act = "given"         // "<request>:<account>"
	Attempted    Act = "attempted"     // "<request>:<result>"
	Decided      Act = "decided"       // "<request>:<outcome>"
	Postponed    Act = "postponed"     // a request: its next call is put off
	Merged       Act = "merged"        // "<request>:<other request>"
	Overridden   Act = "overridden"    // "<request>:<what>:<reason>", the reason a word of a list
	ChatTaken    Act = "chat_taken"    // a conversation
	ChatLost     Act = "chat_lost"     // a conversation that somebody else had
	ChatReturned Act = "chat_returned" // a conversation
	ChatSaid     Act = "chat_said"     // a conversation
	Traced       Act = "traced"        // a request whose record was looked at
	ListedStaff  Act = "listed_staff"  // nothing: the accounts
	ResetDone    Act = "reset"         // the account
	FactorSet    Act = "factor_set"    // "totp", "passkey", "codes"
	FactorGone   Act = "factor_gone"   // "passkey"
	NewPass      Act = "passphrase"    // nothing: the passphrase was changed
	EndedSession Act = "session_ended" // nothing: one of the own sessions
	ListedAlerts Act = "listed_alerts" // nothing: whom alerts go to, and what became of them
	AlertTested  Act = "alert_tested"  // a destination of alerts
	AlertAgain   Act = "alert_again"   // an alert that was given up
	Verified     Act = "verified"      // nothing: the record was checked
	Erased       Act = "erased"        // a request or conversation
	Counted      Act = "counted"       // "<page>:<period>:<language>": the counts were looked at

	ListedGaps    Act = "gaps_listed"     // nothing: the questions without an answer
	OpenedGap     Act = "gap_opened"      // a group of questions
	SetGapAside   Act = "gap_set_aside"   // a group of questions
	TookGapUp     Act = "gap_taken_up"    // a group of questions that had been set aside
	ListedEntries Act = "entries_listed"  // nothing
	OpenedEntry   Act = "entry_opened"    // a topic, or a form with its words
	ListedEdits   Act = "edits_listed"    // nothing: the edits that wait
	Proposed      Act = "edit_proposed"   // a topic
	Approved      Act = "edit_approved"   // "<topic>:<edit>"
	TakenBack     Act = "edit_taken_back" // "<topic>:<edit>"
	SignedOff     Act = "signed_off"      // a topic
	Unsigned      Act = "unsigned"        // a topic

	// closed ends a stream and names the next one, so that nobody adds to it any more and all nodes go on in the same place.
	closed Act = "month_closed" // the next month
)

// Who is not an account.
const (
	Unknown  = "unknown"  // somebody who is not signed in
	Terminal = "terminal" // somebody at the computer that runs the program
	program  = "program"
)

// Record is one thing done.
type Record struct {
	N      uint64    `json:"n"` // 1, 2, 3 ... over all months; set by Write
	At     time.Time `json:"at"`
	Who    string    `json:"who"` // an account's id, or Unknown or Terminal
	Act    Act       `json:"act"`
	Object string    `json:"object,omitempty"`
	Prev   string    `json:"prev"` // hash of the record before, "" in the first of all; set by Write
}

// ErrRecord means that a record holds something that does not belong into it.
var ErrRecord = errors.New("audit: not a record")

// validate keeps free text out: ids have neither spaces nor capitals.
func (r Record) validate() error {
	switch {
	case r.Who == "" || !plain(r.Who):
		return fmt.Errorf("%w: who is not an id", ErrRecord)
	case r.Act == "" || !plain(string(r.Act)):
		return fmt.Errorf("%w: the act is not a word", ErrRecord)
	case !plain(r.Object):
		return fmt.Errorf("%w: the object is not an id", ErrRecord)
	case r.At.IsZero():
		return fmt.Errorf("%w: no time", ErrRecord)
	}
	return nil
}

func plain(s string) bool {
	if len(s) > 160 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("-_.:", rune(c)) {
			return false
		}
	}
	return true
}

// hash is over the bytes as stored, so that no detail of encoding matters.
func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (r Record) encode() ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("audit: encode: %w", err)
	}
	return b, nil
}

func decode(b []byte) (Record, error) {
	var r Record
	if err := json.Unmarshal(b, &r); err != nil {
		return Record{}, fmt.Errorf("%w: not JSON", ErrRecord)
	}
	return r, r.validate()
}

// genesis is the stream that the record begins with. It holds only the word which month comes first: without it two nodes that start
// around midnight at the end of a month could begin two chains.
const genesis = "0000-00"

// month names the stream of a time: "2026-11", in UTC.
func month(t time.Time) string { return t.UTC().Format("2006-01") }

// next is the stream that follows a record, "" unless it closes one.
func (r Record) next() string {
	if r.Act == closed {
		return r.Object
	}
	return ""
}
