/**
 * The page around the frame, on the clinic's site. It is told three things and no more: hide, leave, and that we are here; it tells us
 * to take the focus or to leave. Both sides name the origin they speak to and check the one they hear.
 */
export class Host {
  #sites;
  #origin = ''; // of the page around us, known from its first message
  /** @type {{focus: () => void, leave: () => void}} */
  #on;

  /** @param {string[]} sites origins that may show this page in a frame @param {{focus: () => void, leave: () => void}} on */
  constructor(sites, on) {
    this.#sites = sites;
    this.#on = on;
    if (!this.framed) return;
    addEventListener('message', (e) => this.#hear(e));
  }

  get framed() {
    return window.parent !== window;
  }

  /** @param {'hide'|'leave'} type @returns {boolean} whether there is anybody to ask */
  ask(type) {
    if (!this.framed || !this.#origin) return false;
    window.parent.postMessage({ clinicChat: 1, type }, this.#origin);
    return true;
  }

  /** @param {MessageEvent} e */
  #hear(e) {
    if (e.source !== window.parent || !this.#sites.includes(e.origin)) return;
    if (!e.data || e.data.clinicChat !== 1) return;
    if (!this.#origin) window.parent.postMessage({ clinicChat: 1, type: 'here' }, e.origin);
    this.#origin = e.origin;
    if (e.data.type === 'focus') this.#on.focus();
    if (e.data.type === 'leave') this.#on.leave();
  }
}
