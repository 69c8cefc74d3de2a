package staff

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/notify"
)

// shownAlerts is how many of the last alerts are on the page.
const shownAlerts = 50

// toldView is one destination of alerts. Its secrets are nowhere near a page.
type toldView struct {
	Name, Way, Address, Group, State, Why, Lang string
	Failing                                     bool
	Press                                       string
}

// alertView is one alert to one destination. It says as little about a request as the alert did.
type alertView struct {
	ID, When, What, About, Code, To, State, Why, Tries string
	Urgent, Gone                                       bool
}

type alertsPage struct {
	page
	Told  []toldView
	Again string // how often, in words
	Dead  []alertView
	Last  []alertView
}

// showAlerts shows whom alerts go to, what was not delivered, and the last alerts.
func (c *Console) showAlerts(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := c.record(r, v.who.ID, audit.ListedAlerts, ""); err != nil {
		return err
	}
	p := alertsPage{page: c.opened(v, "alerts.title", "/staff/alerts")}
	press := strings.ToLower(rand.Text()) // names the next press of a button, so that it counts once
	waiting, last := map[string]int{}, map[string]*notify.Item{}
	known := map[string]bool{}
	items := c.Alerts.Items()
	for k := range items {
		i := &items[k]
		if i.State == notify.Waiting {
			waiting[i.To]++
		}
		if last[i.To] == nil || lastWord(i).After(lastWord(last[i.To])) {
			last[i.To] = i
		}
	}
	for _, d := range c.Alerts.Settings().Destinations {
		known[d.Name] = true
		one := toldView{Name: d.Name, Way: p.T("alerts.way." + string(d.Way)), Address: d.Shown, Group: p.T("alerts.group.staff"), Press: press, State: p.T("alerts.state.quiet"),
			Lang: p.T("language." + d.Lang)}
		if d.Supervisors {
			one.Group = p.T("alerts.group.supervisors")
		}
		if i := last[d.Name]; i != nil && !lastWord(i).IsZero() {
			one.State = p.T("alerts.state.good")
			if i.State != notify.Sent {
				one.Failing, one.State, one.Why = true, p.T("alerts.state.failing"), c.because(p.Lang, i.Failure)
			}
		}
		if n := waiting[d.Name]; n > 0 {
			one.State += ". " + c.say(p.Lang, "alerts.waiting", "count", itoa(n))
		}
		p.Told = append(p.Told, one)
	}
	if len(p.Told) > 0 {
		s := c.Alerts.Settings()
		p.Again = c.say(p.Lang, "alerts.again", "again", c.minutes(p.Lang, s.Again), "after", c.minutes(p.Lang, s.SupervisorsAfter))
	}
	for k := range items {
		one := c.alertView(p.Lang, items[k])
		one.Gone = !known[items[k].To]
		if one.Gone && items[k].State == notify.Waiting {
			one.State = p.T("alerts.state.gone")
		}
		if items[k].State == notify.Dead {
			p.Dead = append(p.Dead, one)
		}
		if len(p.Last) < shownAlerts {
			p.Last = append(p.Last, one)
		}
	}
	return c.render(w, http.StatusOK, "alerts", "layout", p)
}

// lastWord is when an alert was last delivered, given up or tried in vain; zero if never.
func lastWord(i *notify.Item) time.Time {
	if i.Failure.At.After(i.Ended) {
		return i.Failure.At
	}
	return i.Ended
}

func (c *Console) alertView(lang bot.Lang, i notify.Item) alertView {
	one := alertView{ID: i.ID, When: c.when(lang, i.Told), Code: i.Code, To: i.To, Urgent: i.Urgent}
	key := strings.TrimPrefix(string(i.Event), "request.")
	if i.Event == notify.New && i.Urgent {
		key = "new_urgent"
	}
	one.What = c.say(lang, "alerts.event."+key)
	if i.Lang != "" {
		one.About = notify.LanguageName(c.Words, string(lang), i.Lang)
	}
	if i.Tries > 0 {
		one.Tries = c.say(lang, "alerts.tries", "count", itoa(i.Tries))
	}
	switch i.State {
	case notify.Sent:
		one.State = c.say(lang, "alerts.state.sent")
	case notify.Dead:
		one.State, one.Why = c.say(lang, "alerts.dead"), c.because(lang, i.Failure)
	default:
		if one.State = c.say(lang, "alerts.state.waiting"); !i.Failure.At.IsZero() && i.Tries > 0 {
			one.Why = c.because(lang, i.Failure)
			if i.Next.After(c.Now()) {
				one.State = c.say(lang, "alerts.state.next", "time", c.clock(lang, i.Next))
			}
		}
	}
	return one
}

// because puts a failure into words of the locales: nothing of an address or of what a server said is in them.
func (c *Console) because(lang bot.Lang, f notify.Failure) string {
	return c.say(lang, "alerts.why."+string(f.Why), "code", itoa(f.Code))
}

func (c *Console) minutes(lang bot.Lang, d time.Duration) string {
	return c.say(lang, "alerts.minutes", "count", itoa(int(d.Round(time.Minute)/time.Minute)))
}

// testAlert sends a test to a destination, through the outbox as every alert.
func (c *Console) testAlert(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	to, press := r.PostFormValue("destination"), r.PostFormValue("press")
	if !c.Alerts.Known(to) {
		return errMissing
	}
	if !isID(press) || press == "" {
		return errRefused
	}
	if err := c.record(r, v.who.ID, audit.AlertTested, to); err != nil {
		return err
	}
	return c.toAlerts(w, r, c.Alerts.Try(r.Context(), to, press))
}

// alertAgain sends a dead letter again.
func (c *Console) alertAgain(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	id := r.PostFormValue("alert")
	if i, ok := c.Alerts.Item(id); !ok || !c.Alerts.Known(i.To) {
		return errMissing
	}
	if err := c.record(r, v.who.ID, audit.AlertAgain, id); err != nil {
		return err
	}
	return c.toAlerts(w, r, c.Alerts.Again(r.Context(), id, v.who.ID))
}

func (c *Console) toAlerts(w http.ResponseWriter, r *http.Request, err error) error {
	if errors.Is(err, notify.ErrUnknown) {
		return errMissing
	}
	if err != nil {
		return fmt.Errorf("alerts: %w", err)
	}
	http.Redirect(w, r, "/staff/alerts", http.StatusSeeOther)
	return nil
}
