import { retire } from './act.js';
import { draw } from './cards.js';
import { el } from './dom.js';
import { icon } from './icons.js';
import { around } from './live.js';

/** What neither side said: why something was not taken. @param {string} text @param {string} [lang] */
const remark = (text, lang) => el('p', { class: 'remark', lang }, icon('alert'), el('span', {}, text));

/**
 * The conversation on the screen: what was said in order of position, below it the lines that are not yet stored, below them the dots.
 */

const SLOW = 1500; // ms until a line says that it waits

export class Log {
  #root;
  #words;
  #act;
  #again;
  /** @type {Map<string, HTMLElement>} lines of this visitor that are not stored */
  #waiting = new Map();
  #seen = new Set();
  #dots = el('p', { class: 'typing', 'aria-hidden': 'true' }, el('i'), el('i'), el('i'));
  #timer = 0;
  #hush = 0;
  #atEnd = true;
  /** @type {HTMLElement|null} the answer that was brought into sight last */
  #shown = null;
  /** What was said, for a copy. @type {Array<{from: string, lang: string, text: string}>} */
  #said = [];
  online = false;
  doubt = false; // the direct question was asked and not denied

  /**
   * @param {HTMLElement} root with role=log
   * @param {import('./words.js').Words} words
   * @param {{choose: (choice: string, label: string) => void, say: (text: string) => void, leave: () => void, read: (text: string, lang: string) => void}} act
   * @param {(id: string) => void} again sends a line once more
   */
  constructor(root, words, act, again) {
    this.#root = root;
    this.#words = words;
    this.#act = act;
    this.#again = again;
    // The keyboard or a line above takes height away: who stood at the end stays there.
    root.addEventListener('scroll', () => { this.#atEnd = this.#left() < 24; }, { passive: true });
    if (window.ResizeObserver) new ResizeObserver(() => { if (this.#atEnd) root.scrollTop = root.scrollHeight; }).observe(root);
  }

  #left() {
    return this.#root.scrollHeight - this.#root.scrollTop - this.#root.clientHeight;
  }

  /** How far to scroll for an element to stand at the top. @param {HTMLElement} e */
  topOf(e) {
    return e.getBoundingClientRect().top - this.#root.getBoundingClientRect().top + this.#root.scrollTop - 12;
  }

  /** What the program or staff said last, to be read aloud; null if nothing was. */
  get last() {
    return this.#said.filter((l) => l.from !== 'visitor').pop() || null;
  }

  /** The conversation as plain text, "" if nothing was said. */
  copy() {
    if (this.#said.length === 0) return '';
    const who = { visitor: 'you', program: 'program', staff: 'staff' };
    return [this.#words.t('title'), ...this.#said.map((l) => `${this.#words.t(who[l.from], {}, l.lang).replace(/:$/, '')}:\n${l.text}`), ''].join('\n\n').replace(/\n/g, '\r\n');
  }

  /** Forgets everything that was said. */
  clear() {
    this.#rest();
    this.#root.replaceChildren();
    this.#waiting.clear();
    this.#seen.clear();
    this.#said = [];
    this.doubt = false;
  }

  /** The last emergency card, or the direct question while it is open; null if there is neither. @returns {HTMLElement|null} */
  get emergency() {
    const all = this.#root.querySelectorAll(this.doubt ? '.sos-card' : '.sos-card:not(.ask)');
    return /** @type {HTMLElement|null} */ (all[all.length - 1] || null);
  }

  /** Shows a line of the visitor before it is stored. @param {{id: string, text: string, lang: string}} line */
  mine(line) {
    if (!line.text) return;
    const known = this.#waiting.get(line.id);
    const meta = el('p', { class: 'meta' });
    const box = known || el('div', { class: 'mine', lang: line.lang }, this.#bubble(line.text), meta);
    if (known) {
      known.querySelector('.meta').replaceChildren();
      known.querySelectorAll('.remark').forEach((r) => r.remove());
    }
    this.#waiting.set(line.id, box);
    this.#room(0);
    this.#root.append(box);
    this.#await();
    setTimeout(() => {
      const m = box.querySelector('.meta');
      if (!this.#waiting.has(line.id) || m.firstChild) return;
      m.append(icon('clock'), this.#words.t('waiting'));
      this.#down();
    }, SLOW);
    this.#down(true); // whoever has just written wants to see it
  }

  /** The line is stored: what follows comes as an entry. @param {string} id */
  stored(id) {
    const box = this.#waiting.get(id);
    if (box) box.querySelector('.meta').replaceChildren();
  }

  /** The line was not taken. @param {string} id @param {string} [why] */
  failed(id, why) {
    const box = this.#waiting.get(id);
    this.#rest();
    if (box) {
      const again = el('button', { type: 'button', class: 'inline', onclick: () => this.#again(id) }, this.#words.t('again'));
      box.querySelector('.meta').replaceChildren(el('span', { class: 'warn' }, this.#words.t('failed'), ' ', again));
      for (const r of this.#root.querySelectorAll('.mine .remark')) if (r.textContent === why) r.remove(); // once, under the last of them
      if (why) box.append(remark(why));
    } else if (why) this.note(why);
    this.#down(true);
  }

  /** The line goes back to the field, with a remark in its place. @param {string} id @param {string} why */
  unsay(id, why) {
    const box = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#rest();
    if (box) box.remove();
    this.note(why);
    this.#down(true);
  }

  /** All lines that wait were not taken. @returns {string[]} their ids */
  fail() {
    const ids = [...this.#waiting.keys()];
    ids.forEach((id) => this.failed(id));
    return ids;
  }

  /** A remark that no side said. @param {string} text */
  note(text) {
    const last = this.#root.querySelector('.remark:last-child');
    if (last && last.textContent === text) return;
    this.#root.append(remark(text, this.#words.lang));
    this.#down();
  }

  /** Takes the function from everything shown so far. */
  close() {
    for (const e of this.#root.querySelectorAll('.line')) retire(e);
  }

  /**
   * What one turn added.
   * @param {Object[]} lines @param {boolean} replay said before this page was opened
   */
  entry(lines, replay) {
    this.#rest();
    const fresh = lines.filter((l) => !this.#seen.has(l.id));
    const focused = document.activeElement && document.activeElement.closest('.line');
    const earlier = [...this.#root.querySelectorAll('.line:not(.old)')];
    /** @type {HTMLElement[]} */
    const added = [];
    for (const line of fresh) {
      this.#seen.add(line.id);
      if (line.text && !(line.choice || '').startsWith('language:')) this.#said.push({ from: line.from, lang: line.lang, text: line.text });
      if (line.from === 'visitor') this.#settle(line);
      else added.push(this.#line(line, replay));
    }
    if (added.length === 0) return;
    const alarm = added.find((a) => a.querySelector('.sos-card'));
    // Whoever answers inside a card goes on inside the next one; from anywhere else, and in an emergency, the focus stays.
    const next = !alarm && focused && earlier.includes(focused) && added.map((a) => (a.querySelector('.choices') ? null : a.querySelector('.step .field')) || a.querySelector('.step h2, .summary h2, .booked h2')).find(Boolean);
    if (next) next.focus({ preventScroll: true });
    earlier.forEach(retire);
    if (this.#open().length > 0) this.#await();
    if (replay) {
      // Nobody wants the whole conversation read aloud again.
      this.#root.setAttribute('aria-live', 'off');
      clearTimeout(this.#hush);
      this.#hush = setTimeout(() => this.#root.removeAttribute('aria-live'), 1000);
      this.#down(true);
    }
    else this.#show(alarm || added[0], alarm);
  }

  #bubble(text) {
    return el('p', { class: 'bubble me', dir: 'auto' }, el('span', { class: 'vh' }, `${this.#words.t('you')} `), el('span', { class: 'words' }, text));
  }

  /** A line of the visitor as it was stored: masked perhaps, and now in its place. */
  #settle(line) {
    const box = this.#waiting.get(line.id);
    this.#waiting.delete(line.id);
    if (!line.text || (line.choice || '').startsWith('language:')) return;
    if (!box) {
      this.#put(el('div', { class: 'mine', lang: line.lang }, this.#bubble(line.text)));
      return;
    }
    box.querySelectorAll('.meta, .remark').forEach((m) => m.remove());
    box.lang = line.lang;
    const shown = box.querySelector('.words');
    if (shown.textContent !== line.text) shown.textContent = line.text;
    const first = this.#first();
    if (first && first.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING) this.#root.insertBefore(box, first);
  }

  #line(line, replay) {
    const act = { ...this.#act, t: (key, args) => this.#words.t(key, args, line.lang), live: !replay, readAloud: () => this.#act.read(line.text, line.lang) };
    const parts = line.from === 'staff'
      ? [el('div', { class: 'bubble staff', dir: 'auto' }, el('b', {}, line.args && line.args.name ? `${line.args.name} · ${this.#words.t('staff_badge', {}, line.lang)}` : this.#words.t('staff', {}, line.lang)), line.text)]
      : draw(line, act).filter(Boolean);
    return this.#put(el('div', { class: around(line) ? 'line around' : 'line', lang: line.lang }, ...parts));
  }

  /** The first line that waits. One that was refused stays where it stands. */
  #first() {
    return this.#open()[0] || null;
  }

  #put(e) {
    this.#root.insertBefore(e, this.#first());
    return e;
  }

  #await() {
    clearTimeout(this.#timer);
    if (!this.online) return;
    this.#timer = setTimeout(() => {
      this.#root.append(this.#dots);
      this.#down();
    }, 500);
  }

  #rest() {
    clearTimeout(this.#timer);
    this.#dots.remove();
  }

  /** Whether somebody can answer now. @param {boolean} yes */
  connected(yes) {
    this.online = yes;
    if (!yes) this.#rest();
    else if (this.#open().length > 0) this.#await();
  }

  /** The lines that wait and were not refused. */
  #open() {
    return [...this.#waiting.values()].filter((b) => !b.querySelector('.warn'));
  }

  #down(always) {
    const r = this.#root;
    if (always || this.#left() < 240) r.scrollTop = r.scrollHeight;
  }

  /** Leaves room below the last line, beyond the log's own. @param {number} px */
  #room(px) {
    this.#root.style.paddingBottom = px ? `calc(1rem + ${px}px)` : '';
  }

  /** Something above took height away: brings the last answer into sight once more. */
  resettle() {
    if (this.#shown && this.#shown.isConnected) this.#show(this.#shown);
  }

  /** Brings an answer into sight from its beginning; with it the question, if both fit; a summary alone, for what stands below its list must show that it is there. */
  #show(e, alarm) {
    this.#shown = e;
    const r = this.#root;
    this.#room(0);
    const bottom = r.scrollHeight - r.clientHeight;
    const before = e.previousElementSibling;
    const from = !alarm && !e.querySelector('.summary') && before && before.classList.contains('mine') && before.offsetHeight < 120 ? before : e;
    const top = this.topOf(from);
    if (alarm && bottom > 0 && bottom < top) { // the card stands at the top, with nothing cut above it
      this.#room(top - bottom);
      r.scrollTop = top;
      return;
    }
    r.scrollTop = Math.min(bottom, top);
    if (getComputedStyle(r).overflowY === 'visible') from.scrollIntoView(); // a window so low that the whole page scrolls
    this.#atEnd = this.#left() < 24;
  }
}
