package staff

import (
	"context"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/request"
	"example.org/intake/bot/safety"
)

// seed fills a house with requests of every sort, the way an ordinary day leaves them.
func (h *house) seed() {
	h.t.Helper()
	day := 24 * time.Hour
	at := func(d time.Duration) time.Time {
		h.clock.add(noon.Add(d).Sub(h.clock.now()))
		return noon.Add(d)
	}

	at(-3 * day)
	h.hand("closed-one", bot.EN, bot.ReasonPerson, nil, "")
	r := h.hand("mikes-mom", bot.EN, bot.ReasonConfirmed, &bot.Fields{ForWhom: "loved_one", Name: "Mike’s mom", Phone: "+15085550177", Times: "10 am to 2 pm, not on Fridays",
		Language: "en", Coverage: "masshealth"}, "") // never asked about voicemail and text
	h.must(h.work.Decide(context.Background(), r.ID, h.me("dana"), request.IntakeBooked, &request.Appointment{At: noon.Add(2*day + 3*time.Hour), Place: "Room 2"}, h.clock.now()))
	h.must(h.work.Decide(context.Background(), "closed-one", h.me("dana"), request.Declined, nil, h.clock.now()))

	at(-2 * day)
	h.hand("nurse", bot.EN, bot.ReasonConfirmed, &bot.Fields{ForWhom: "provider", Name: "Nurse, ER desk", Phone: "+15085550166", Times: "any", Language: "en",
		Voicemail: new(true), Text: new(true), Coverage: "unknown"}, "")
	for n, result := range []request.Result{request.NoAnswer, request.LeftMessage, request.NoAnswer} {
		h.must(h.work.Attempt(context.Background(), "nurse", h.me("dana"), result, "press-"+string(rune('a'+n)), h.clock.now()))
	}

	at(-day + time.Hour)
	h.hand("creole", bot.EN, bot.ReasonConfirmed, &bot.Fields{ForWhom: "self", Name: "Jean", Phone: "+15085550155", Times: "evening", Language: "ht", Interpreter: new(true),
		Voicemail: new(true), Text: new(false), Coverage: "none"}, "")

	carmen := at(-3 * time.Hour)
	es := bot.ES
	h.talk("carmen",
		[]bot.Event{{Type: bot.Started, Lang: es}, said(carmen, es, "mi hijo usa pastillas y no se que hacer, ustedes lo pueden ayudar?"),
			{Type: bot.Found, Topics: []string{"help-for-loved-one"}},
			replied(carmen, es, bot.KeyAnswer, "Ayuda para un ser querido\nGracias por escribir. El tratamiento es para personas adultas. Su hijo puede pedir una cita.\nVerificado con SAMHSA el 12 nov. 2026",
				&bot.Card{Kind: bot.CardAnswer, Title: "Ayuda para un ser querido", Topic: "help-for-loved-one", Source: &bot.Source{Name: "SAMHSA", Date: "2026-11-12", Words: "Verificado con SAMHSA el 12 nov. 2026"}})},
		[]bot.Event{said(carmen.Add(3*time.Minute), es, "a veces no despierta facil"), {Type: bot.Doubted, Card: safety.CardOverdose, Kind: safety.KindOverdose},
			replied(carmen.Add(3*time.Minute), es, bot.KeyDoubt, "¿Está en peligro ahora?\nSi no despierta o no respira, llame al 911.", &bot.Card{Kind: bot.CardDoubt, Title: "¿Está en peligro ahora?"})},
		[]bot.Event{said(carmen.Add(4*time.Minute), es, "no, ahora esta despierto. quiero que me llamen"), {Type: bot.Calmed},
			replied(carmen.Add(4*time.Minute), es, bot.KeyStep, "¿Cómo nos comunicamos con usted?", &bot.Card{Kind: bot.CardStep, Title: "¿Cómo nos comunicamos con usted?"})},
		[]bot.Event{said(carmen.Add(5*time.Minute), es, "508 555 0143 después de las 5, nunca a la casa"),
			replied(carmen.Add(5*time.Minute), es, bot.KeyBooked, "Su solicitud está enviada.", &bot.Card{Kind: bot.CardBooked})},
	)
	h.hand("carmen", es, bot.ReasonConfirmed, &bot.Fields{ForWhom: "loved_one", Name: "Doña Carmen", Phone: "+15085550143", Times: "después de las 5, nunca a la casa", Language: "es",
		Interpreter: new(false), Voicemail: new(false), Text: new(false), Coverage: "both"}, "")
	h.note("carmen", "Called at 5:10, line was busy.\nTry again tomorrow after 5.")

	at(-2 * time.Hour)
	r = h.hand("walt", bot.EN, bot.ReasonConfirmed, &bot.Fields{ForWhom: "self", Name: "Walt", Email: "walt@example.org", Times: "morning", Language: "en", Coverage: "medicare"}, "")
	h.must(h.work.Attempt(context.Background(), r.ID, h.me("ana"), request.Reached, "press-walt", h.clock.now()))

	at(-time.Hour)
	h.hand("left-quickly", es, bot.ReasonConfirmed, &bot.Fields{ForWhom: "self", Name: "Chela", Phone: "+15085550122", Times: "morning", Language: "es", Voicemail: new(true), Text: new(true)}, "")
	if err := request.LeaveNow(context.Background(), h.journal, "left-quickly"); err != nil {
		h.t.Fatal(err)
	}
	h.wait("left-quickly", func(r request.Request) bool { return r.LeftQuickly })

	red := at(-12 * time.Minute)
	h.talk("red",
		[]bot.Event{{Type: bot.Started, Lang: bot.EN}, said(red, bot.EN, "my friend took a lot and his lips are blue"), {Type: bot.Warned, Card: safety.CardOverdose},
			replied(red, bot.EN, bot.KeyEmergency, "Can’t wake them? Not breathing? Call 911\nCall 911. Now.", &bot.Card{Kind: bot.CardEmergency, Emergency: &bot.Emergency{ID: safety.CardOverdose}}),
			{Type: bot.Handed, Reason: bot.ReasonEmergency}},
		[]bot.Event{{Type: bot.Left}})
	h.hand("red", bot.EN, bot.ReasonEmergency, nil, safety.CardOverdose)
	h.hand("red", bot.EN, bot.ReasonPerson, nil, "")

	at(-5 * time.Minute)
	h.hand("urgent-es", es, bot.ReasonConfirmed, &bot.Fields{ForWhom: "self", Phone: "+15085550199", Times: "any", Voicemail: new(true), Text: new(false)}, "")
	h.hand("urgent-es", es, bot.ReasonEmergency, nil, safety.CardSuicide)
	at(0)
	h.must(h.work.Claim(context.Background(), "creole", h.me("dana"), h.clock.now()))
}

// me is an account's id, or its name where the test has no such account.
func (h *house) me(login string) string {
	if a, ok := h.dir.Find(login); ok {
		return a.ID
	}
	return login
}

// must fails where work on the seed fails.
func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) note(id, text string) {
	h.t.Helper()
	if err := h.work.AddNote(context.Background(), id, "ana", text); err != nil {
		h.t.Fatal(err)
	}
}

// seeded are the ids of the seed's requests.
func seeded() []string {
	return []string{"closed-one", "mikes-mom", "nurse", "creole", "carmen", "walt", "left-quickly", "red", "urgent-es"}
}
