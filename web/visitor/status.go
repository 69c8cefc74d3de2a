package visitor

import (
	"net/http"

	"example.org/intake/bot"
)

// mostForm bounds the form with a code, in bytes.
const mostForm = 4 << 10

// statusPage is what the page for a reference code knows: the page itself, and the outcome, "" before anything was asked.
type statusPage struct {
	page
	Status string
}

// serveStatus shows the form that asks for a reference code.
func (v *Visitor) serveStatus(w http.ResponseWriter, r *http.Request) { v.writeStatus(w, r, "") }

// askStatus says how far the request with a code has come, and nothing else. The code comes in the body of a POST: it stands in no address, no
// history and no log. Wrong codes are limited for everybody together (see [request.Guesses]).
func (v *Visitor) askStatus(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, http.StatusText(http.StatusBadRequest), http.StatusBadRequest)
		return
	}
	status := v.cfg.Road.Status(r.PostForm.Get("code"))
	if status == bot.StatusLater {
		w.Header().Set("Retry-After", "300")
	}
	v.writeStatus(w, r, status)
}

func (v *Visitor) writeStatus(w http.ResponseWriter, r *http.Request, status string) {
	lang := pageLang(r)
	v.write(w, r, "status.html", lang, "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'", statusPage{v.page(lang), status})
}
