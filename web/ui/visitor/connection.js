import { Events, Polls } from './carriers.js';
import { random } from './store.js';

/**
 * The connection. A line is kept until the server says that it is stored, and sent again under the same id after every reconnect, so that it
 * arrives once. What the server says is taken in order of its positions; what was seen before is dropped. The frames are in web/frames.md.
 * A websocket carries them; where none is let through, an event stream does, and where that is held back, polls: whatever greets us first is
 * used, and nobody is asked.
 */

const CONNECT = 10_000; // ms to connect and be greeted
const FIRST = 7_000; // ms, while there is another way that was not tried
const ANSWER = 12_000; // ms without a sign of life while a line waits for its acknowledgement
const LONGEST = 30_000; // ms between two attempts at the most

/** What to do after a close code. */
const BROKEN = 4000;
const ENDED = 4001;
const ENDED_HERE = 1000;

/**
 * @typedef {Object} Listener
 * @property {(word: 'connecting'|'connected'|'reconnecting'|'no_signal') => void} state
 * @property {(lines: Object[], state: Object, replay: boolean) => void} entry
 * @property {(id: string) => void} stored
 * @property {(id: string, lines: Object[]) => void} unsaved
 * @property {(id: string, reason: string, text: string) => void} refused
 * @property {() => void} ended
 * @property {() => void} broken
 * @property {(available: number) => void} people
 * @property {() => void} typing
 */

export class Connection {
  #base;
  #ways;
  #way = 0;
  #proven = false; // the present way has worked on this page
  #store;
  #on;
  #lang;
  /** @type {WebSocket|Events|Polls|null} */
  #socket = null;
  #ready = false;
  #over = ''; // the token of a conversation that has ended, in memory only: what is left of it can still be erased
  #known = false;
  #stopped = false;
  #position = 0;
  #replaying = false; // what comes was said before this page was opened
  #attempt = 0;
  #timer = 0;
  #watch = 0;
  /** @type {(() => void)|null} */
  #gone = null;

  /**
   * @param {string} base address of the chat with a slash at its end @param {import('./store.js').Store} store @param {() => string} lang
   * @param {Listener} on
   */
  constructor(base, store, lang, on) {
    this.#base = base;
    this.#ways = [() => new WebSocket(`${base.replace(/^http/, 'ws')}socket`)];
    if (window.fetch) {
      if (window.ReadableStream && window.TextDecoder) this.#ways.push(() => new Events(base));
      this.#ways.push(() => new Polls(base));
    }
    this.#store = store;
    this.#lang = lang;
    this.#on = on;
  }

  start() {
    addEventListener('online', () => this.#wake());
    addEventListener('offline', () => this.#tell());
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.#wake(); });
    addEventListener('pageshow', (e) => { if (e.persisted) this.#wake(); });
    this.#open();
  }

  /**
   * Sends a line now or as soon as there is a signal.
   * @param {string} text @param {string} choice
   * @returns {string} the line's id
   */
  say(text, choice) {
    if (!this.#store.token) this.#store.begin();
    const line = { id: random(12), text, choice, lang: this.#lang() };
    this.#store.add(line);
    this.#send(line);
    return line.id;
  }

  /** Sends a line again that was not taken. @param {import('./store.js').Pending} line */
  again(line) {
    if (!this.#store.token) this.#store.begin();
    this.#store.add(line);
    this.#send(line);
  }

  /** Says that the visitor types, to a person who is there. */
  types() {
    if (this.#ready) this.#frame({ type: 'typing' });
  }

  /** Makes the token void on the server. Resolves when that is done, or soon after anyhow: leaving must not wait. */
  leave() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    const socket = this.#socket;
    if (!socket || !this.#ready) {
      if (socket) socket.close();
      if (this.#store.token && window.fetch) this.post('leave', {}, true).catch(() => {}); // perhaps it still gets through
      return Promise.resolve();
    }
    return /** @type {Promise<void>} */ (new Promise((done) => {
      this.#gone = done;
      setTimeout(done, 200);
      socket.send('{"type":"leave"}');
    }));
  }

  /** The conversation is no more: the next line begins another one. */
  forget() {
    this.#store.clear();
    this.#over = '';
    this.#position = 0;
    this.#known = false;
    const socket = this.#socket;
    if (!socket) return;
    this.#closed(ENDED_HERE);
    socket.close();
  }

  /**
   * A request of its own with the token in its header.
   * @param {string} path @param {Object} body @param {boolean} [keepalive] also when the page goes away
   */
  post(path, body, keepalive) {
    return fetch(this.#base + path, { method: 'POST', keepalive, cache: 'no-store', credentials: 'omit', redirect: 'error',
      headers: { Authorization: `Bearer ${this.#store.token || this.#over}`, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  }

  #open() {
    if (this.#stopped || this.#socket) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#tell();
    const socket = this.#ways[this.#way]();
    this.#socket = socket;
    this.#expect(this.#proven ? CONNECT : FIRST);
    socket.onopen = () => {
      this.#frame({ type: 'hello', token: this.#store.token, after: this.#position, lang: this.#lang() });
    };
    socket.onmessage = (e) => {
      if (socket === this.#socket) this.#take(JSON.parse(e.data));
    };
    socket.onclose = (e) => {
      if (socket === this.#socket) this.#closed(e.code);
    };
  }

  #take(frame) {
    switch (frame.type) {
      case 'ready':
        this.#ready = true;
        this.#proven = true;
        this.#known = this.#known || frame.known;
        this.#attempt = 0;
        if (frame.known && this.#position === 0) {
          this.#replaying = true;
          setTimeout(() => { this.#replaying = false; }, 700);
        }
        this.#tell();
        for (const line of this.#store.pending) this.#send(line);
        break;
      case 'entry':
        if (frame.position <= this.#position) break;
        this.#position = frame.position;
        this.#known = true;
        // A line of this page that was waiting is news, whatever came before it.
        if (frame.lines.some((l) => this.#store.pending.some((p) => p.id === l.id))) this.#replaying = false;
        for (const l of frame.lines) this.#store.drop(l.id);
        this.#on.entry(frame.lines, frame.state, this.#replaying);
        break;
      case 'ack':
        this.#known = true;
        this.#store.drop(frame.id);
        this.#on.stored(frame.id);
        break;
      case 'unsaved':
        this.#store.drop(frame.id);
        this.#on.unsaved(frame.id, frame.lines);
        break;
      case 'people':
        this.#on.people(frame.available);
        return; // no sign that a line arrived
      case 'typing':
        this.#on.typing();
        return;
      case 'refused':
        if (frame.reason === 'stopping') break; // it stays pending and goes out after the reconnect
        this.#store.drop(frame.id);
        this.#on.refused(frame.id, frame.reason, frame.text);
        break;
    }
    this.#expect(this.#ready && this.#store.pending.length === 0 ? 0 : ANSWER);
  }

  #closed(code) {
    const greeted = this.#ready;
    this.#socket = null;
    this.#ready = false;
    clearTimeout(this.#watch);
    if (this.#gone) this.#gone();
    if (this.#stopped) return;
    if (code === BROKEN) {
      this.#stopped = true;
      this.#on.broken();
      return;
    }
    if (code === ENDED) {
      this.#position = 0;
      this.#known = false;
      this.#over = this.#store.token || this.#over;
      this.#store.clear();
      this.#on.ended();
    }
    // A way that never worked here is given up for the next one at once; one that did gets a second chance first.
    const next = !greeted && code !== ENDED && (!this.#proven || this.#attempt > 3) && navigator.onLine !== false;
    if (next) {
      this.#way = (this.#way + 1) % this.#ways.length;
      this.#proven = false;
    }
    const longest = Math.min(LONGEST, 500 * 2 ** this.#attempt++);
    const wait = next && this.#attempt < this.#ways.length ? 50 : longest * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => this.#open(), wait);
    this.#tell();
  }

  /** There is a signal again, or somebody looks at the page again: do not wait for the timer. */
  #wake() {
    if (this.#timer) {
      this.#attempt = 0;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#open(), Math.random() * 300);
    }
    this.#tell();
  }

  #tell() {
    if (this.#stopped) return;
    if (this.#ready) this.#on.state('connected');
    else if (navigator.onLine === false) this.#on.state('no_signal');
    else this.#on.state(this.#attempt || this.#position ? 'reconnecting' : 'connecting');
  }

  /** Closes a socket that gives no sign of life within ms; 0 expects none. */
  #expect(ms) {
    clearTimeout(this.#watch);
    if (!ms) return;
    const socket = this.#socket;
    this.#watch = setTimeout(() => {
      if (socket !== this.#socket || !socket) return;
      this.#closed(1006); // a dead connection can take minutes to close by itself
      socket.close();
    }, ms);
  }

  #send(line) {
    if (!this.#ready) return;
    const first = this.#known ? {} : { token: this.#store.token };
    this.#frame({ type: 'say', ...first, ...line });
    this.#expect(ANSWER);
  }

  #frame(frame) {
    const socket = this.#socket;
    if (socket && socket.readyState === 1) socket.send(JSON.stringify(frame));
  }
}
