package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
)

func askCommand() command {
	return command{name: "ask", short: "ask the chat one question, or many as JSON lines", long: `Usage: intake ask [FLAGS] "question"
       intake ask -batch < questions.jsonl

Answers as a visitor would be answered, without a data folder. With -batch it reads JSON lines {"id","lang","text"} and writes one JSON line for
each, before it reads the next. Lines with the same "conversation" continue one conversation.`,
		flags: func(s *settings) {
			s.clinicFlag()
			s.fs.BoolVar(&s.batch, "batch", false, "read JSON lines from standard input and answer each with one")
			s.fs.StringVar(&s.lang, "lang", "en", "the `language` of the page: en or es")
		}, run: runAsk}
}

// question is one line of a batch. Other fields are ignored.
type question struct {
	ID           string   `json:"id"`
	Lang         bot.Lang `json:"lang"`
	Text         string   `json:"text"`
	Conversation string   `json:"conversation"`
}

// answer is the line written for it.
type answer struct {
	ID         string     `json:"id"`
	Action     bot.Action `json:"action"`
	Topic      string     `json:"topic"`
	Topics     []string   `json:"topics"`
	Kind       string     `json:"kind"`
	Lang       bot.Lang   `json:"lang"`
	Confidence float64    `json:"confidence"`
	Text       string     `json:"text"`
	Step       *string    `json:"step,omitempty"`
	Request    *asked     `json:"request,omitempty"`
}

// asked is what a conversation has understood so far.
type asked struct {
	bot.Fields
	Reference string `json:"reference,omitempty"`
}

// inContract leaves out what the contract of the batch does not know.
func inContract(f bot.Fields) bot.Fields {
	f.NoCalls, f.Remarks = nil, ""
	return f
}

func runAsk(ctx context.Context, p *program, s *settings, args []string) error {
	road, err := newRoad(p, s)
	if err != nil {
		return err
	}
	if err := road.Knowledge.Refit(); err != nil { // nothing to do unless the clinic has entries of its own
		return err
	}
	if s.batch {
		return batch(ctx, road, p.stdin, p.stdout)
	}
	if len(args) == 0 {
		return fmt.Errorf("ask what? Give the question in quotation marks, or -batch%w", errUsage)
	}
	a, _ := ask(road, bot.Conversation{}, question{ID: "1", Lang: bot.Lang(s.lang), Text: strings.Join(args, " ")}, 1)
	name := string(a.Action)
	if a.Topic != "" {
		name += " " + a.Topic
	}
	if a.Kind != "" {
		name += " " + a.Kind
	}
	_, err = fmt.Fprintf(p.stdout, "[%s]\n%s\n", name, a.Text)
	return err
}

func batch(ctx context.Context, road *converse.Road, in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, journal.MaxData)
	w := json.NewEncoder(out)
	w.SetEscapeHTML(false)
	talks := map[string]bot.Conversation{}
	for n := 1; lines.Scan(); n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return fmt.Errorf("line %d is not a JSON object with id, lang and text: %w", n, err)
		}
		a, after := ask(road, talks[q.Conversation], q, n)
		if q.Conversation != "" {
			talks[q.Conversation] = after
		}
		if err := w.Encode(a); err != nil {
			return fmt.Errorf("writing an answer: %w", err)
		}
	}
	return lines.Err()
}

// ask takes one message down the road that a visitor's message takes.
func ask(road *converse.Road, c bot.Conversation, q question, n int) (answer, bot.Conversation) {
	turn := road.Decide(c, q.Conversation+"/"+q.ID, converse.Message{ID: "line-" + strconv.Itoa(n), Text: q.Text, Lang: q.Lang})
	action, line := bot.Deed(turn.Events)
	a := answer{ID: q.ID, Action: action, Topics: turn.Near, Lang: q.Lang, Confidence: turn.Confidence}
	if line != nil {
		a.Lang, a.Kind = line.Lang, line.Args["kind"]
		if action != bot.ActCrisis {
			a.Kind = ""
		}
		if len(line.Topics) > 0 {
			a.Topics = line.Topics
			if action == bot.ActAnswer || action == bot.ActAdvice {
				a.Topic = line.Topics[0]
			}
		}
	}
	if len(a.Topics) > 3 {
		a.Topics = a.Topics[:3]
	}
	if a.Topics == nil {
		a.Topics = []string{}
	}
	var said []string
	for _, e := range turn.Events {
		if e.Type == bot.Replied {
			said = append(said, e.Line.Text)
		}
	}
	a.Text = strings.Join(said, "\n\n")
	if q.Conversation != "" {
		step := string(turn.After.Intake.Step)
		a.Step, a.Request = &step, &asked{Fields: inContract(turn.After.Intake.Fields)}
		if turn.After.Intake.Confirmed {
			a.Request.Reference = turn.After.Reference
		}
	}
	return a, turn.After
}
