package clinic

import (
	"fmt"
	"strings"
	"time"
)

// promise is within what time a request is called back; 0: the clinic promises nothing.
type promise struct{ usual, urgent time.Duration }

// promise reads [call_back].
func (c *checker) promise(within, urgent string) promise {
	read := func(key, text string) time.Duration {
		if strings.TrimSpace(text) == "" {
			return 0
		}
		d, err := time.ParseDuration(strings.TrimSpace(text))
		if err != nil || d < time.Minute || d > 30*24*time.Hour {
			c.fail(0, "call_back."+key, fmt.Sprintf(`%q is no time from one minute to 30 days; write it as "30m" or "4h"`, text))
			return 0
		}
		return d
	}
	return promise{read("within", within), read("urgent", urgent)}
}

// Due is until when somebody who asked at a time is called back, by the clinic's promise. It is counted in office hours where the profile has
// them, else by the clock. False: the clinic promises nothing.
func (p *Profile) Due(asked time.Time, urgent bool) (time.Time, bool) {
	left := p.callBack.usual
	if urgent && p.callBack.urgent > 0 {
		left = p.callBack.urgent
	}
	if left == 0 {
		return time.Time{}, false
	}
	if p.weeks[Office] == nil {
		return asked.Add(left), true
	}
	first := dayOf(asked.In(p.zone))
	for i := range 367 {
		d := first.add(i)
		spans, _ := p.spansOn(Office, d)
		for _, s := range spans {
			from, to := wallClock(d, s.from, p.zone), wallClock(d, s.to, p.zone)
			if !to.After(asked) {
				continue
			}
			if from.Before(asked) {
				from = asked
			}
			if open := to.Sub(from); open < left {
				left -= open
				continue
			}
			return from.Add(left), true
		}
	}
	return asked.Add(left), true // closed for a year
}
