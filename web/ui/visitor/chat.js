import { row } from './cards.js';
import { Connection } from './connection.js';
import { Cover } from './cover.js';
import { el } from './dom.js';
import { eraser } from './erase.js';
import { Host } from './host.js';
import { fill, icon } from './icons.js';
import { watchIdle } from './idle.js';
import { leaver, onShiftThrice } from './leave.js';
import { Live } from './live.js';
import { Log } from './log.js';
import { menu } from './menu.js';
import { Speech } from './speech.js';
import { Store } from './store.js';
import { Words } from './words.js';

/** The chat page: puts the parts together. What the server tells the page stands in data attributes; there is no inline script. */

const SILENT = 4000; // ms without a connection until the page says so in a line

const $ = (id) => /** @type {any} */ (document.getElementById(id));
const panel = $('chat');
const told = panel.dataset;
const words = new Words(JSON.parse(told.words), document.documentElement.lang);
const topics = JSON.parse(told.topics);
const store = new Store();

/** Lines that were sent and not stored, to send them again. @type {Map<string, import('./store.js').Pending>} */
const sent = new Map();
let switching = false; // a change of language is on its way
let silent = 0;
let handed = false; // staff have a request of this visitor
let erasing = false;

const host = new Host(JSON.parse(told.sites), {
  focus() {
    if (panel.contains(document.activeElement) && document.activeElement !== panel) return; // as it was left
    (matchMedia('(pointer: fine)').matches ? $('message') : panel).focus();
  },
  leave: () => leave(),
});

const connection = new Connection(
  `${location.origin}/chat/`, store, () => words.lang,
  {
    state: show,
    entry(lines, state, replay) {
      talk();
      if (lines.some((l) => (l.choice || '').startsWith('language:'))) switching = false;
      if (state.lang && state.lang !== words.lang && !switching) turn(state.lang);
      handed = Boolean(state.code);
      for (const l of lines) sent.delete(l.id);
      log.doubt = Boolean(state.doubt);
      log.entry(lines, replay);
      live.entry(lines, state);
      watchEmergency();
      if (!replay) tellOnce(lines);
    },
    people: (available) => live.people(available),
    typing: () => live.typing(),
    stored: (id) => log.stored(id),
    unsaved(id, lines) {
      talk();
      log.failed(id);
      log.entry(lines.map((l) => ({ ...l, id: `unsaved ${l.id}` })), false); // the stored line will bring its card again
      watchEmergency();
    },
    refused(id, reason, text) {
      const line = sent.get(id);
      if (line && line.choice.startsWith('language:')) switching = false;
      if (reason === 'too_long' && line && !message.value) { // sent again it would be refused again: it goes back to where it can be made shorter
        sent.delete(id);
        log.unsay(id, text);
        message.value = line.text;
        grow();
      } else log.failed(id, text);
    },
    ended() {
      switching = false;
      if (!erasing) ended();
    },
    broken() {
      log.fail();
      $('state').replaceChildren(icon('alert'), el('span', {}, words.t('broken')));
      $('dot').className = 'dot off';
    },
  });

const live = new Live($('typing'), $('people'), $('closed'), JSON.parse(told.closed), words, () => connection.types());

const speech = new Speech(voices);
const leave = leaver({ neutral: told.neutral, store, connection, host, speech });
addEventListener('pagehide', () => speech.stop());
const cover = new Cover(panel, $('cover'), words);

const log = new Log($('log'), words, { choose, say: (text) => say(text, ''), leave, read: (text, lang) => speech.read(text, lang) }, (id) => {
  const line = sent.get(id);
  if (!line) return;
  log.mine(line);
  connection.again(line);
});

const erase = eraser({
  cover, words, phone: told.phone, phoneLink: told.phoneLink, handed: () => handed,
  post: (withdraw) => connection.post('erase', { withdraw }),
  begin() { erasing = true; },
  fail() {
    erasing = false;
    if (!store.token) ended();
  },
  forget() {
    connection.forget();
    sent.clear();
    log.clear();
    live.clear();
    speech.stop();
    message.value = '';
    grow();
    handed = false;
    for (const id of ['pinned', 'tip']) $(id).hidden = true;
    $('connection').dataset.t = 'widget.over';
    $('dot').className = 'dot off';
    words.turn(document, words.lang);
  },
  over() {
    erasing = false;
    atOpening();
    cover.hide();
    show(shown);
  },
});

const more = menu($('more'), $('menu'), { words, store, speech, last: () => log.last, copy: () => log.copy(), erase, sized: () => log.resettle(), phone: told.phone, phoneLink: told.phoneLink });
watchIdle(() => !panel.classList.contains('opening'), cover);

/** Offers reading aloud where the device has a voice of its own. */
function voices() {
  for (const lang of ['en', 'es']) panel.classList.toggle(`speaks-${lang}`, speech.can(lang));
}

/** @param {string} choice @param {string} label */
function choose(choice, label) {
  say(label, choice);
}

/** @param {string} text @param {string} choice */
function say(text, choice) {
  talk();
  $('tip').hidden = true; // it was there to be read while the answer was
  const id = connection.say(text, choice);
  const line = { id, text, choice, lang: words.lang };
  sent.set(id, line);
  log.mine(line);
}

/** The conversation has ended, here or elsewhere. */
function ended() {
  live.clear();
  log.fail();
  if ($('log').firstChild) log.note(words.t('ended'));
  else atOpening(); // a page that was opened again after the conversation's end
  log.close();
}

/** Back to the opening view. */
function atOpening() {
  panel.classList.add('opening');
  $('log').hidden = true;
  $('opening').hidden = false;
}

/** From the opening view to the conversation. */
function talk() {
  if (!panel.classList.contains('opening')) return;
  const inside = $('opening').contains(document.activeElement);
  panel.classList.remove('opening');
  $('opening').hidden = true;
  $('log').hidden = false;
  if (inside) $('log').focus();
}

/** Puts the page into a language; what was said stays as it was. @param {string} lang */
function turn(lang) {
  words.turn(document, lang);
  const other = $('language');
  other.lang = words.other;
  other.textContent = words.t('language', {}, words.other);
  starters();
  live.turn();
  show(shown);
  more.close();
  cover.turn();
}

/** The questions of the opening view, as rows. */
function starters() {
  const [first, ...others] = topics[words.lang] || [];
  const asked = $('topic');
  asked.hidden = !told.topic; // the question that a link brought along stands first and alone: nothing is sent before it is tapped
  if (told.topic) asked.replaceChildren(el('span', {}, first.label), icon('next'));
  $('opening').classList.toggle('asked', Boolean(told.topic));
  $('topics').replaceChildren(...(told.topic ? others.filter((o) => o.choice !== told.topic) : topics[words.lang] || [])
    .map((o) => el('li', {}, row({ id: o.choice, label: o.label }, { choose }))));
}
$('topic').addEventListener('click', () => choose(told.topic, $('topic').textContent));

let shown = 'connecting';

/** The word in the header and, after a while without a connection, a line. @param {string} state */
function show(state) {
  shown = state;
  if (erasing && cover.shown) return; // "Ended" stands there
  const word = $('connection');
  word.dataset.t = `widget.${state}`;
  word.textContent = words.t(state);
  $('dot').className = state === 'connected' ? 'dot' : 'dot off';
  log.connected(state === 'connected');
  if (state === 'connected') {
    clearTimeout(silent);
    silent = 0;
    $('state').replaceChildren();
  } else if ($('state').firstChild) trouble();
  else if (!silent) silent = setTimeout(trouble, SILENT);
}

function trouble() {
  const phone = told.phone && el('a', { href: told.phoneLink }, told.phone);
  $('state').replaceChildren(icon('clock'), phone ? el('span', {}, words.t('offline_phone'), ' ', phone) : el('span', {}, words.t('offline')));
}

/** Says once, beside the first answer, what leaving does and what it cannot do. A step, the end of a request or an emergency needs the room itself. */
function tellOnce(lines) {
  if (store.told || log.emergency || lines.some((l) => l.card && ['step', 'summary', 'booked', 'doubt'].includes(l.card.kind))) return;
  store.tell();
  $('tip').hidden = false;
  log.resettle();
}

/** @type {IntersectionObserver|null} */
let eye = null;

/** A line that brings the last emergency card back, or a direct question that is open, while its number is out of sight. */
function watchEmergency() {
  if (eye) eye.disconnect();
  const card = log.emergency;
  if (!card) {
    $('pinned').hidden = true;
    return;
  }
  $('tip').hidden = true;
  $('pinned').classList.toggle('calm', card.classList.contains('calm'));
  eye = new IntersectionObserver(([e]) => { $('pinned').hidden = e.isIntersecting; }, { root: $('log'), rootMargin: '-40px 0px' });
  eye.observe(card.querySelector('.call') || card);
}

$('pinned').addEventListener('click', () => {
  const card = log.emergency;
  if (!card) return;
  $('log').scrollTop = log.topOf(card);
  if (getComputedStyle($('log')).overflowY === 'visible') card.scrollIntoView();
  card.querySelector('h2').focus({ preventScroll: true });
});

$('tip-close').addEventListener('click', () => {
  $('tip').hidden = true;
  $('message').focus();
});

$('leave').addEventListener('click', (/** @type {Event} */ e) => {
  e.preventDefault();
  leave();
});
onShiftThrice(document, () => leave());

$('language').addEventListener('click', () => {
  turn(words.other);
  if (!store.token) return;
  switching = true;
  const id = connection.say('', `language:${words.lang}`);
  sent.set(id, { id, text: '', choice: `language:${words.lang}`, lang: words.lang });
});

for (const b of document.querySelectorAll('[data-choice]')) {
  b.addEventListener('click', () => choose(b.dataset.choice, words.t(b.dataset.label.replace('widget.', ''))));
}

const message = $('message');

/** The field grows with its text, up to five lines or so. */
function grow() {
  message.style.height = 'auto';
  message.style.height = `${Math.min(message.scrollHeight + 3, 140)}px`;
}

$('composer').addEventListener('submit', (/** @type {Event} */ e) => {
  e.preventDefault();
  const text = message.value.trim();
  if (text) {
    message.value = '';
    grow();
    say(text, '');
  }
  message.focus();
});
message.addEventListener('input', grow);
message.addEventListener('input', () => live.types());
message.addEventListener('keydown', (/** @type {KeyboardEvent} */ e) => {
  if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
    e.preventDefault();
    $('composer').requestSubmit ? $('composer').requestSubmit() : $('composer').dispatchEvent(new Event('submit', { cancelable: true }));
  }
});

if (host.framed) {
  $('hide').hidden = false;
  $('hide').addEventListener('click', () => host.ask('hide'));
  document.addEventListener('keydown', (e) => {
    if (e.key === 'Escape' && !e.isComposing) host.ask('hide');
  });
}

fill(document);
starters();
live.turn();
voices();
// After a reload: what waited is shown again at once and sent when there is a connection; the rest comes from the server.
if (store.token) talk();
for (const line of store.pending) {
  sent.set(line.id, line);
  log.mine(line);
}
connection.start();
panel.classList.add('on');
performance.mark('ready');
$('unable').remove();
