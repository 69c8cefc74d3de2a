import { el } from './dom.js';

/** The side of people: how many are there, who types, and that the visitor does. Nothing of it is stored, and never what is typed. */

const AGAIN = 2000; // ms between two words to the server that the visitor types
const SHOWN = 4000; // ms that "is typing" stands without another word

/** What the program says around a takeover stands in the middle, as nobody's line. */
export const around = (line) => ['joined', 'returned', 'ringing', 'unanswered'].includes(line.key);

export class Live {
  #note;
  #presence;
  #closed;
  #hours;
  #words;
  #send;
  #name = '';
  #available = 0;
  #person = false;
  #rings = false;
  #said = 0;
  #timer = 0;

  /**
   * @param {HTMLElement} note where "is typing" stands @param {HTMLElement} presence where the number of people stands
   * @param {HTMLElement} closed where the next opening stands while nobody is there @param {Object<string, string>} hours when that is, by language
   * @param {import('./words.js').Words} words @param {() => void} send
   */
  constructor(note, presence, closed, hours, words, send) {
    this.#note = note;
    this.#presence = presence;
    this.#closed = closed;
    this.#hours = hours;
    this.#words = words;
    this.#send = send;
  }

  /** @param {number} available */
  people(available) {
    this.#available = available;
    this.turn();
  }

  /** Shows everything in the language of the page. */
  turn() {
    this.#presence.hidden = this.#available === 0;
    this.#closed.lastElementChild.textContent = this.#hours[this.#words.lang];
    if (this.#rings) this.#quiet();
    this.#closed.hidden = this.#available > 0 || !this.#hours[this.#words.lang];
    this.#presence.closest('.log').classList.toggle('fuller', !this.#closed.hidden || this.#available > 0);
    this.#presence.lastElementChild.textContent = this.#words.t(this.#available === 1 ? 'people_one' : 'people_other', { count: String(this.#available) });
  }

  /** What a turn added. @param {Object[]} lines @param {Object} state */
  entry(lines, state) {
    const rang = this.#rings;
    this.#person = state.live === 'person';
    this.#rings = state.live === 'ringing';
    for (const line of lines) if (line.key === 'joined' || line.from === 'staff') this.#name = (line.args && line.args.name) || this.#name;
    if (!this.#person || rang || lines.some((l) => l.from === 'staff')) this.#quiet();
  }

  /** The person types. */
  typing() {
    if (!this.#person) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#quiet(), SHOWN);
    if (!this.#note.firstChild) this.#note.replaceChildren(el('span', {}, this.#words.t('typing', { name: this.#name })));
  }

  /** The conversation is over. */
  clear() {
    this.#person = this.#rings = false;
    this.#quiet();
  }

  /** Nobody types. While staff are called something moves; it is not read aloud, for the line above has said it. */
  #quiet() {
    clearTimeout(this.#timer);
    if (this.#rings) this.#note.replaceChildren(el('span', { class: 'rings', 'aria-hidden': 'true' }, this.#words.t('ringing'), el('i', { class: 'typing' }, el('i'), el('i'), el('i'))));
    else this.#note.replaceChildren();
  }

  /** The visitor types. */
  types() {
    if (!this.#person || Date.now() - this.#said < AGAIN) return;
    this.#said = Date.now();
    this.#send();
  }
}
