package export

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/intake/bot"
)

// object is a JSON object; its members are written in the order of their names, so that the same disclosure is the same bytes.
type object = map[string]any

// Systems of codes.
const (
	actCode         = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
	actReason       = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
	confidentiality = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
	participation   = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
	part2           = "https://www.ecfr.gov/current/title-42/part-2"
	labelBasis      = "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-sec-label-basis"
	absent          = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
	interpreter     = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
)

// reasons are purposes of use as HL7 names them, where it has a word.
var reasons = map[Purpose]string{Treatment: "TREAT", Scheduling: "COC", Payment: "HPAYMT", Operations: "HOPERAT", Asked: "PATRQT", Urgent: "ETREAT",
	Auditing: "HCOMPL", Legal: "HLEGAL"}

// FHIR gives a request as a FHIR R4 bundle of type collection: it is handed over to be read. A transaction would tell the receiver's server what
// to store where, which is not ours to say.
//
// What is not known is left out, or marked as unknown or as declined; nothing is made up. The appointment is proposed, with the time that staff
// noted as the time asked for, because how long it lasts is not known. Somebody who asks for another person is a contact of a patient of whom
// nothing was asked. Of a person who must not be called there is no telecom, which machines might dial.
func (m Maker) FHIR(d Disclosure, r Record) (File, error) {
	data, err := m.bundle(d, r)
	if err != nil {
		return File{}, err
	}
	return m.file(d.Lang, "record", "json", "application/fhir+json; charset=utf-8; fhirVersion=4.0", data), nil
}

func (m Maker) bundle(d Disclosure, r Record) ([]byte, error) {
	b := &bundle{Maker: m, d: d, r: r, labels: labels(d)}
	patient := b.add("patient", b.patient())
	answers := b.add("answers", b.answers(patient))
	b.add("appointment", b.appointment(patient, answers))
	if d.Has(Conversation) {
		for i, l := range r.Talk {
			if strings.TrimSpace(clean(l.Text)) != "" {
				b.add("talk "+strconv.Itoa(i), b.line(patient, l))
			}
		}
	}
	if d.Has(Notes) {
		for i, n := range r.Notes {
			b.add("note "+strconv.Itoa(i), b.communication(patient, n.At, b.say(d.Lang, "export.field.notes"), object{"display": text(b.Name(n.By))}, n.Text))
		}
	}
	b.add("notice", b.notice(patient))
	b.add("provenance", b.provenance())
	out := object{"resourceType": "Bundle", "id": uuid("bundle", d.ID, r.ID), "type": "collection", "timestamp": instant(d.At), "entry": b.entries,
		"meta": object{"security": b.labels}, "language": string(d.Lang), "identifier": identifier(uuid("bundle", d.ID, r.ID))}
	var data bytes.Buffer
	enc := json.NewEncoder(&data)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(out); err != nil {
		return nil, fmt.Errorf("encoding a bundle: %w", err)
	}
	return data.Bytes(), nil
}

// bundle collects resources.
type bundle struct {
	Maker
	d       Disclosure
	r       Record
	labels  []object
	entries []object
	targets []object
}

// add puts a resource in, labelled, and gives a reference to it.
func (b *bundle) add(role string, resource object) object {
	resource["meta"] = object{"security": b.labels}
	resource["language"] = string(b.d.Lang)
	address := "urn:uuid:" + uuid(role, b.d.ID, b.r.ID)
	b.entries = append(b.entries, object{"fullUrl": address, "resource": resource})
	b.targets = append(b.targets, object{"reference": address})
	return object{"reference": address}
}

// labels are the security labels of everything in a bundle (HL7 DS4P): restricted, because 42 CFR Part 2 says so; about the use of substances; not
// to be disclosed again without consent; and what it was disclosed for.
func labels(d Disclosure) []object {
	law := object{"system": actCode, "code": "42CFRPart2", "display": "42 CFR Part2"}
	list := []object{
		{"system": confidentiality, "code": "R", "display": "restricted", "extension": []object{{"url": labelBasis, "valueCoding": law}}},
		law,
		{"system": actCode, "code": "SUD", "display": "substance use disorder information sensitivity"},
		{"system": actCode, "code": "ETH", "display": "substance abuse information sensitivity"},
		{"system": actCode, "code": "NORDSCLCD", "display": "no redisclosure without consent directive"},
		{"system": actCode, "code": "RedisclosureProhibitionMark", "display": "prohibition against redisclosure mark"},
	}
	if code := reasons[d.Purpose]; code != "" {
		list = append(list, object{"system": actReason, "code": code})
	}
	return list
}

func (b *bundle) patient() object {
	f := b.r.Fields
	p := object{"resourceType": "Patient", "identifier": []object{identifier(uuid("patient", b.r.ID))}}
	if f.ForWhom == "loved_one" || f.ForWhom == "provider" {
		p["name"] = []object{unknown("unknown")} // nobody asked about the person
		contact := object{"relationship": []object{{"text": b.say(b.d.Lang, "console.for."+f.ForWhom)}}}
		if name := text(f.Name); name != "" {
			contact["name"] = object{"text": name}
		}
		if t := b.telecom(); len(t) > 0 {
			contact["telecom"] = t
		}
		if len(contact) == 1 {
			contact["name"] = unknown("unknown") // a contact says who or how
		}
		p["contact"] = []object{contact}
		return p
	}
	switch name := text(f.Name); {
	case name != "":
		p["name"] = []object{{"use": "usual", "text": name}} // what to call the person, a nickname perhaps
	case slices.Contains(f.Skipped, bot.StepName):
		p["name"] = []object{unknown("asked-declined")}
	default:
		p["name"] = []object{unknown("unknown")}
	}
	if t := b.telecom(); len(t) > 0 {
		p["telecom"] = t
	}
	if tag := spoken(b.r.Request); tag != "" {
		p["communication"] = []object{{"language": object{"coding": []object{{"system": "urn:ietf:bcp:47", "code": tag}}}, "preferred": true}}
	}
	if f.Interpreter != nil {
		p["extension"] = []object{{"url": interpreter, "valueBoolean": *f.Interpreter}}
	}
	return p
}

func (b *bundle) telecom() (list []object) {
	if !reachable(b.r.Request) {
		return nil
	}
	f := b.r.Fields
	switch v := text(f.Phone); {
	case v == "" || f.Quiet() && (f.Text == nil || !*f.Text): // "please don't call" is no reason to dial, and texts need a yes
	case f.Quiet():
		list = append(list, object{"system": "sms", "value": v})
	default:
		list = append(list, object{"system": "phone", "value": v})
	}
	if v := text(f.Email); v != "" {
		list = append(list, object{"system": "email", "value": v})
	}
	return list
}

// answers is what the person answered, question by question; a question without an answer was not asked, or left out.
func (b *bundle) answers(patient object) object {
	var items []object
	t := b.d.Terms
	t.Parts = nil
	if b.d.Has(Details) {
		t.Parts = []Part{Details}
	}
	for _, f := range b.Fields(t, b.r) {
		item := object{"linkId": f.Key, "text": f.Label}
		switch v := text(f.Value); {
		case f.Yes != nil:
			item["answer"] = []object{{"valueBoolean": *f.Yes}}
		case v != "":
			item["answer"] = []object{{"valueString": v}}
		case slices.Contains(b.r.Fields.Skipped, bot.StepID(f.Key)):
			item["extension"] = []object{{"url": absent, "valueCode": "asked-declined"}}
		}
		items = append(items, item)
	}
	status := "in-progress" // the person asked for somebody before all was asked
	if slices.Contains(b.r.Reasons, bot.ReasonConfirmed) {
		status = "completed"
	}
	q := object{"resourceType": "QuestionnaireResponse", "identifier": identifier(uuid("answers", b.r.ID)), "status": status, "subject": patient,
		"authored": instant(b.r.Opened), "item": items}
	if b.r.Fields.ForWhom == "self" {
		q["source"] = patient
	}
	return q
}

func (b *bundle) appointment(patient, answers object) object {
	status, taking := "proposed", "needs-action"
	if b.r.Withdrawn {
		status, taking = "cancelled", "declined"
	}
	a := object{"resourceType": "Appointment", "status": status, "identifier": []object{identifier(uuid("appointment", b.r.ID))},
		"description": b.say(b.d.Lang, "export.title"), "created": instant(b.r.Opened), "supportingInformation": []object{answers},
		"participant": []object{{"actor": patient, "status": taking}}}
	if times := text(b.times(b.d.Lang, b.r.Fields.Times)); times != "" {
		a["comment"] = b.say(b.d.Lang, "summary.times") + ": " + times
	}
	if b.d.Has(Appointment) && b.r.Appointment != nil {
		a["requestedPeriod"] = []object{{"start": instant(b.r.Appointment.At)}}
	}
	return a
}

func (b *bundle) communication(patient object, at time.Time, kind string, sender object, said ...string) object {
	var payload []object
	for _, s := range said {
		payload = append(payload, object{"contentString": text(s)})
	}
	c := object{"resourceType": "Communication", "status": "completed", "subject": patient, "category": []object{{"text": kind}}, "payload": payload}
	if !at.IsZero() {
		c["sent"] = instant(at)
	}
	if sender != nil {
		c["sender"] = sender
	}
	return c
}

func (b *bundle) line(patient object, l bot.Line) object {
	sender := object{"display": b.say(b.d.Lang, "export.from."+string(l.From))}
	if l.From == bot.FromVisitor && b.r.Fields.ForWhom == "self" {
		sender = patient
	}
	c := b.communication(patient, l.At, b.say(b.d.Lang, "export.field.talk"), sender, l.Text)
	if l.Lang.Known() {
		c["payload"].([]object)[0]["_contentString"] = object{"extension": []object{{"url": "http://hl7.org/fhir/StructureDefinition/language", "valueCode": string(l.Lang)}}}
	}
	return c
}

// notice is the notice against redisclosure, for people to read.
func (b *bundle) notice(patient object) object {
	c := b.communication(patient, b.d.At, b.say(b.d.Lang, "export.field.notice"), object{"display": text(b.Clinic.Name)},
		b.Notice(bot.EN, true), b.Notice(bot.ES, true))
	if to := text(b.Maker.recipient(b.d.Lang, b.d)); to != "" {
		c["recipient"] = []object{{"display": to}}
	}
	return c
}

// provenance says who gave this to whom, what for, and on which basis.
func (b *bundle) provenance() object {
	var basis string
	for _, f := range b.Account(b.d.Lang, b.d) {
		if f.Key == "basis" {
			basis = f.Value
		}
	}
	reason := object{"text": b.say(b.d.Lang, "export.purpose."+string(b.d.Purpose))}
	if code := reasons[b.d.Purpose]; code != "" {
		reason["coding"] = []object{{"system": actReason, "code": code}}
	}
	return object{"resourceType": "Provenance", "target": b.targets, "recorded": instant(b.d.At), "policy": []string{part2},
		"reason": []object{reason, {"text": basis}}, "agent": []object{
			{"who": object{"display": text(b.Clinic.Name)}},
			{"type": object{"coding": []object{{"system": participation, "code": "IRCP"}}}, "who": object{"display": text(b.Maker.recipient(b.d.Lang, b.d))}},
		}}
}

// identifier names a thing by its UUID, as an address of its own (RFC 9562).
func identifier(id string) object {
	return object{"system": "urn:ietf:rfc:3986", "value": "urn:uuid:" + id}
}

func unknown(why string) object {
	return object{"extension": []object{{"url": absent, "valueCode": why}}}
}

// text is a text as FHIR takes it: with something in it, or not at all.
func text(s string) string { return strings.TrimSpace(clean(s)) }

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z07:00") }

// uuid gives the same name for the same things every time (RFC 9562, version 8).
func uuid(of ...string) string {
	u := sha256.Sum256([]byte(strings.Join(of, "\x00")))
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[0:4], u[4:6], u[6:8], u[8:10], u[10:16])
}
