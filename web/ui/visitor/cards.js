import { button } from './act.js';
import { el, linked, paragraphs, safe } from './dom.js';
import { icon } from './icons.js';
import { emergency } from './emergency.js';
import { step, summary } from './step.js';

/**
 * The cards: one function for each kind of line of the program. To add one, add a kind to bot/card.go, a function here and its style in
 * cards.css. Cards say what to send through `act`; what is sent is an opaque id with the label that was read.
 *
 * @typedef {Object} Act
 * @property {(key: string, args?: Object<string, string>) => string} t words in the language of the line
 * @property {(choice: string, label: string) => void} choose
 * @property {(text: string) => void} say
 * @property {() => void} leave
 * @property {() => void} readAloud
 * @property {boolean} live false while earlier lines are shown again
 */

/** @param {Object} line @param {Act} act @returns {HTMLElement[]} */
export function draw(line, act) {
  const card = line.card;
  if (!card) return [text(line.text)];
  switch (card.kind) {
    case 'answer': return [answer(card, act), chips(card.options, act)];
    case 'choose':
    case 'decline': return [pick(card, act)];
    case 'step': return [step(card, act)];
    case 'summary': return [summary(card, act)];
    case 'booked': return [booked(card, act), chips(card.options, act)];
    case 'emergency': return [emergency(card, act), chips(card.options, act)];
    case 'doubt': return [emergency(card, act)];
    default: return [text(card.body || line.text, card.title), call(card, act), chips(card.options, act)];
  }
}

/** A line without a card around it. @param {string} body @param {string} [title] */
function text(body, title) {
  return el('div', { class: 'bubble bot' }, title && el('b', {}, title), ...paragraphs(body).map((p) => el('p', {}, ...linked(p))));
}

/** @param {Object} card @param {Act} act */
function answer(card, act) {
  const source = card.source;
  return el('article', { class: 'card', 'data-topic': card.topic },
    el('div', { class: 'in' },
      el('h2', { class: 'voice' }, card.title),
      ...paragraphs(card.body).map((p) => el('p', {}, ...linked(p))),
      card.more && el('details', {},
        el('summary', { class: 'quiet' }, icon('plus'), el('span', {}, act.t('more'))),
        ...paragraphs(card.more).map((p) => el('p', {}, ...linked(p))))),
    source && el('p', { class: 'src' }, icon('page'), el('span', {}, ...sourced(source))),
    el('div', { class: 'acts' }, el('button', { type: 'button', class: 'quiet speak', onclick: act.readAloud }, icon('sound'), el('span', {}, act.t('read'))), button('quiet', act.t('not_asked'), () => act.choose(`not-asked:${card.topic}`, act.t('not_asked')))));
}

/** The source line with its name as a link, where the name stands in it. @param {{words: string, name: string, url?: string}} source */
function sourced(source) {
  const href = safe(source.url);
  const at = source.words.indexOf(source.name);
  if (!href || at < 0) return [source.words];
  const after = source.words.slice(at + source.name.length).trim();
  return [source.words.slice(0, at), el('a', { href, target: '_blank', rel: 'noopener noreferrer' }, source.name), ' ', el('span', { class: 'date' }, after)];
}

/** "Did you mean" and the honest no: rows to pick from, a phone, a person. @param {Object} card @param {Act} act */
function pick(card, act) {
  const options = card.options || [];
  const rows = options.filter((o) => !o.style && !o.lang);
  return el('div', { class: 'pick' },
    card.title && el('h2', { class: 'said' }, card.title),
    card.body && text(card.body),
    rows.length > 0 && el('ul', { class: 'topics' }, ...rows.map((o) => el('li', {}, row(o, act)))),
    call(card, act),
    chips(options.filter((o) => o.style || o.lang), act));
}

/** A row with a chevron. @param {{id: string, label: string}} o @param {{choose: (choice: string, label: string) => void}} act */
export function row(o, act) {
  const b = button('', o.label, () => act.choose(o.id, o.label));
  b.append(icon('next'));
  return b;
}

/** The clinic's phone as a button, where the profile has one. @param {Object} card @param {Act} act */
function call(card, act) {
  const href = safe(card.phone_link);
  if (!href) return null;
  return el('a', { class: 'btn alt phone', href }, icon('phone'), el('span', {}, act.t('call', { phone: card.phone })));
}

/** @param {Object} card @param {Act} act */
function booked(card, act) {
  return el('article', { class: 'card booked' },
    el('div', { class: 'in' },
      el('h2', { class: 'voice', tabindex: '-1' }, icon('check'), el('span', {}, card.title)),
      el('div', { class: 'codebox' }, el('small', {}, act.t('code')), el('code', {}, card.code || '')),
      ...paragraphs(card.body).map((p) => el('p', {}, ...linked(p))),
      call(card, act)));
}

/** @param {Object[]|undefined} options @param {Act} act */
function chips(options, act) {
  if (!options || options.length === 0) return null;
  return el('div', { class: 'chips', role: 'group', 'aria-label': act.t('next') }, ...options.map((o) => {
    const b = button(`chip ${o.style === 'go' || o.style === 'person' ? o.style : ''}`.trim(), o.label, () => act.choose(o.id, o.label));
    if (o.lang) b.lang = o.lang;
    return b;
  }));
}
