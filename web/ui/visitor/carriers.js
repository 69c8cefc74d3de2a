/**
 * What carries frames where websockets are blocked: lines go up by POST, one after the other, and what was said comes down as an event
 * stream or as answers to polls. Both look like a WebSocket to connection.js. The token travels in a header, never in an address.
 */

const LONGEST_POLL = 40_000; // ms; the server answers a poll after 20 seconds at the latest
const SILENCE = 40_000; // ms without a sign of life; the server sends one every 15 seconds
const FIRST = 5_000; // ms to the first event: a proxy that holds a stream back must not hold up the visitor

class Carrier {
  /** @type {(() => void)|null} */ onopen = null;
  /** @type {((e: {data: string}) => void)|null} */ onmessage = null;
  /** @type {((e: {code: number}) => void)|null} */ onclose = null;
  readyState = 0;
  #base;
  #token = '';
  #lines = Promise.resolve();
  #end = window.AbortController ? new AbortController() : null;
  #reading = false; // a conversation, not only the greeting
  #turn = 0; // counts what was read anew
  #sent = new Set(); // ids of lines that are on their way

  /** @param {string} base address of the chat, such as "/chat/" */
  constructor(base) {
    this.#base = base;
    setTimeout(() => {
      this.readyState = 1;
      if (this.onopen) this.onopen();
    });
  }

  /** @param {string} json a frame of web/frames.md */
  send(json) {
    const frame = JSON.parse(json);
    if (frame.token) this.#token = frame.token;
    if (frame.type === 'leave') {
      this.#post('leave', frame, true).then(() => this.close(), () => this.close());
      return;
    }
    if (frame.type === 'hello') {
      this.#begin(frame.after);
      return;
    }
    if (frame.type === 'typing') {
      this.#post('say', frame).catch(() => {}); // may be lost
      return;
    }
    if (!this.#reading) this.#begin(0); // the first line of a conversation
    if (this.#sent.has(frame.id)) return;
    this.#sent.add(frame.id);
    const line = { ...frame };
    delete line.token;
    this.#lines = this.#lines.then(async () => {
      if (this.readyState > 1) return;
      const answer = await this.#post('say', line);
      this.#sent.delete(line.id);
      if (answer.status === 404) {
        this.tell(await answer.json()); // an emergency card is shown even when the conversation is over
        this.shut(4001);
      } else if (answer.status === 400 || answer.status === 403 || answer.status === 413) this.shut(4000);
      else if (!answer.ok) this.shut(1006);
      else this.tell(await answer.json());
    }).catch(() => this.shut(1006));
  }

  close() {
    this.shut(1005);
  }

  /** @param {number} after */
  async #begin(after) {
    const turn = ++this.#turn;
    this.#reading = Boolean(this.#token);
    if (this.#end) { // what was read without a token goes on with one
      this.#end.abort();
      this.#end = new AbortController();
    }
    try {
      if (!await this.read(after)) return;
    } catch {
      // Cut, refused, or begun anew.
    }
    if (turn === this.#turn) this.shut(1006);
  }

  /**
   * Reads what comes after a position, until it ends.
   * @param {number} _after
   * @returns {Promise<boolean>} false if there was no more to wait for than the greeting
   */
  async read(_after) {
    return false;
  }

  /** @param {string} path @param {Object} frame @param {boolean} [keepalive] also when the page goes away */
  #post(path, frame, keepalive) {
    return this.#fetch(path, { method: 'POST', keepalive, headers: { ...this.#headers(), 'Content-Type': 'application/json' }, body: JSON.stringify(frame) });
  }

  /** Asks for what is after a position. @param {string} path */
  async get(path) {
    const answer = await this.#fetch(path, { headers: this.#headers(), signal: this.#end && this.#end.signal });
    if (answer.status === 404) this.shut(4001);
    if (!answer.ok) throw new Error('refused');
    return answer;
  }

  #headers() {
    return this.#token ? { Authorization: `Bearer ${this.#token}` } : {};
  }

  #fetch(path, how) {
    return fetch(this.#base + path, { cache: 'no-store', credentials: 'omit', redirect: 'error', ...how });
  }

  /** Whether there is a conversation to read; without a token there is only the greeting. */
  get begun() {
    return Boolean(this.#token);
  }

  /** @param {Object} frame */
  tell(frame) {
    if (this.readyState > 1) return;
    if (frame.type === 'ended') this.shut(4001);
    else if (this.onmessage) this.onmessage({ data: JSON.stringify(frame) });
  }

  /** @param {number} code */
  shut(code) {
    if (this.readyState > 1) return;
    this.readyState = 3;
    if (this.#end) this.#end.abort();
    if (this.onclose) this.onclose({ code });
  }
}

/** Server-sent events, read with fetch: an EventSource cannot send the token in a header. */
export class Events extends Carrier {
  async read(after) {
    let watch = setTimeout(() => this.shut(1006), FIRST);
    try {
      const answer = await this.get(`events?after=${after}`);
      const reader = answer.body.getReader();
      const text = new TextDecoder();
      let rest = '';
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return true;
        clearTimeout(watch);
        watch = setTimeout(() => this.shut(1006), SILENCE);
        const events = (rest + text.decode(value, { stream: true })).split('\n\n');
        rest = events.pop() || '';
        for (const e of events) if (e.startsWith('data: ')) this.tell(JSON.parse(e.slice(6)));
      }
    } finally {
      clearTimeout(watch);
    }
  }
}

/** Long polling: an ordinary request that is answered when there is something new. */
export class Polls extends Carrier {
  async read(after) {
    const begun = this.begun;
    let position = after;
    for (let first = true; this.readyState < 2; first = false) {
      const watch = setTimeout(() => this.shut(1006), LONGEST_POLL);
      try {
        const answer = await this.get(`poll?after=${position}${first ? '' : '&wait=1'}`);
        for (const frame of await answer.json()) {
          if (frame.type === 'ready' && !first) continue;
          this.tell(frame);
          if (frame.position) position = frame.position;
        }
      } finally {
        clearTimeout(watch);
      }
      if (!begun) return false;
    }
    return true;
  }
}
