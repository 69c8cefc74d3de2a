/**
 * What the device remembers: nothing before the first message, then the token and the lines that are not yet stored on the server.
 * sessionStorage ends with the tab; where the browser forbids it, memory ends with the page.
 */

const KEY = 'chat';

/** @typedef {{id: string, text: string, choice: string, lang: string}} Pending */

export class Store {
  /** @type {{token: string, pending: Pending[], told: boolean, size?: number}} */
  #memory = { token: '', pending: [], told: false };

  constructor() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEY) || 'null');
      if (kept && typeof kept.token === 'string' && Array.isArray(kept.pending)) this.#memory = kept;
    } catch {
      // Storage is closed to us or damaged: begin with nothing.
    }
  }

  get token() {
    return this.#memory.token;
  }

  get pending() {
    return this.#memory.pending;
  }

  /** Whether the notice about leaving was shown. */
  get told() {
    return this.#memory.told;
  }

  /** Size of the text in percent. */
  get size() {
    return this.#memory.size || 100;
  }

  set size(percent) {
    this.#memory.size = percent;
    this.#keep();
  }

  /** Makes the token of a new conversation: 32 random bytes as base64url. */
  begin() {
    this.#memory.token = random(32);
    this.#keep();
  }

  /** @param {Pending} line */
  add(line) {
    this.#memory.pending.push(line);
    this.#keep();
  }

  /** @param {string} id */
  drop(id) {
    const before = this.#memory.pending.length;
    this.#memory.pending = this.#memory.pending.filter((p) => p.id !== id);
    if (this.#memory.pending.length !== before) this.#keep();
  }

  tell() {
    this.#memory.told = true;
    this.#keep();
  }

  /** Forgets everything. */
  clear() {
    this.#memory = { token: '', pending: [], told: this.#memory.told, size: this.#memory.size };
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // Nothing was kept.
    }
  }

  #keep() {
    if (!this.#memory.token) return; // nothing before the first message
    try {
      sessionStorage.setItem(KEY, JSON.stringify(this.#memory));
    } catch {
      // Memory will do.
    }
  }
}

/** @param {number} bytes */
export function random(bytes) {
  const raw = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...raw)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
