import { el } from './dom.js';
import { icon } from './icons.js';

/**
 * What takes the place of the conversation: the question before erasing, the end, and the lock after ten minutes. The numbers and "Leave now"
 * stay where they are.
 */
export class Cover {
  #panel;
  #root;
  #words;
  /** @type {(() => void)|null} draws it again in another language */
  #draw = null;
  #back = null;

  /** @param {HTMLElement} panel @param {HTMLElement} root @param {import('./words.js').Words} words */
  constructor(panel, root, words) {
    this.#panel = panel;
    this.#root = root;
    this.#words = words;
  }

  get shown() {
    return this.#draw !== null;
  }

  /** Draws what is shown once more. */
  turn() {
    if (this.#draw) this.#draw();
  }

  /** @param {() => (Node|null|false|undefined|'')[]} parts the first one is the title and takes the focus */
  show(parts) {
    if (!this.shown) this.#back = document.activeElement;
    this.#draw = () => {
      const [title, ...rest] = parts().filter(Boolean);
      const head = /** @type {HTMLElement} */ (title);
      head.tabIndex = -1;
      const text = rest[0] instanceof HTMLParagraphElement && !rest[0].className ? rest.shift() : null;
      this.#root.replaceChildren(el('section', { class: 'hero' }, head, text), el('section', { class: 'todo' }, .../** @type {Node[]} */ (rest)));
      this.#root.hidden = false;
      this.#panel.classList.add('covered');
      head.focus();
    };
    this.#draw();
  }

  hide() {
    this.#draw = null;
    this.#root.hidden = true;
    this.#root.replaceChildren();
    this.#panel.classList.remove('covered');
    const back = /** @type {HTMLElement|null} */ (this.#back);
    if (back && back.isConnected && back.getClientRects().length) back.focus();
    else this.#panel.focus();
  }

  /** @param {string} key */
  title(key) {
    return el('h2', { class: 'voice' }, this.#words.t(key));
  }

  /** @param {string} key */
  text(key) {
    return el('p', {}, this.#words.t(key));
  }

  /** @param {string} key @param {string} cls @param {() => void} act */
  button(key, cls, act) {
    return el('button', { type: 'button', class: `btn ${cls}`, onclick: act }, el('span', {}, this.#words.t(key)));
  }

  /** @param {string} key @param {string} code */
  code(key, code) {
    return el('div', { class: 'codebox' }, el('small', {}, this.#words.t(key)), el('code', {}, code));
  }

  /** @param {string} key @param {string} drawing */
  note(key, drawing) {
    return el('p', { class: 'note' }, icon(drawing), el('span', {}, this.#words.t(key)));
  }
}
