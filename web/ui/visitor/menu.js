import { el, safe } from './dom.js';
import { icon } from './icons.js';

/**
 * The menu beside the field: larger text, read aloud, a copy to keep, and ending. What it does stays on this device, except for ending.
 */

const SIZES = [100, 112, 125, 150]; // percent of the browser's own size

/**
 * @typedef {Object} Tools
 * @property {import('./words.js').Words} words
 * @property {import('./store.js').Store} store
 * @property {import('./speech.js').Speech} speech
 * @property {() => {text: string, lang: string}|null} last what the program said last
 * @property {() => string} copy the conversation as plain text, "" before it has begun
 * @property {() => void} erase
 * @property {() => void} sized the text has another size now
 * @property {string} phone of the clinic, "" if it is not known
 * @property {string} phoneLink
 */

/** @param {HTMLElement} button @param {HTMLElement} panel @param {Tools} tools */
export function menu(button, panel, { words, store, speech, last, copy, erase, sized, phone, phoneLink }) {
  const size = () => {
    const page = document.documentElement;
    page.style.fontSize = store.size === 100 ? '' : `${store.size}%`;
    page.classList.toggle('big', store.size > 112); // media queries do not see it
  };
  size();

  const open = (/** @type {boolean} */ yes) => {
    if (yes) fill();
    panel.hidden = !yes;
    button.setAttribute('aria-expanded', String(yes));
  };
  const close = () => {
    open(false);
    button.focus();
  };
  /** @param {string} key @param {string} drawing @param {() => void} act @param {string} [cls] */
  const item = (key, drawing, act, cls = '') => el('button', { type: 'button', class: cls, onclick: act }, icon(drawing), el('span', {}, words.t(key)));

  function fill() {
    const said = last();
    const begun = copy() !== '';
    panel.setAttribute('aria-label', words.t('menu'));
    panel.replaceChildren(...[
      safe(phoneLink) && el('a', { href: phoneLink }, icon('phone'), el('span', {}, words.t('call', { phone }))),
      item('larger', 'larger', () => {
        store.size = SIZES[(SIZES.indexOf(store.size) + 1) % SIZES.length];
        size();
        sized();
      }),
      said && speech.can(said.lang) && item(speech.speaking ? 'read_stop' : 'read_last', 'sound', () => {
        if (speech.speaking) speech.stop();
        else speech.read(said.text, said.lang);
        close();
      }),
      begun && item('copy', 'save', () => {
        save(copy());
        close();
      }),
      begun && el('p', {}, words.t('copy_note')),
      begun && item('print', 'page', () => {
        open(false);
        print();
        button.focus();
      }),
      begun && item('erase', 'close', () => {
        open(false);
        erase();
      }, 'last'),
    ].filter(Boolean));
  }

  button.addEventListener('click', () => {
    open(panel.hidden);
    if (!panel.hidden) panel.querySelector('a, button').focus();
  });
  panel.addEventListener('keydown', (e) => {
    if (e.key !== 'Escape') return;
    e.stopPropagation();
    close();
  });
  document.addEventListener('pointerdown', (e) => {
    const at = /** @type {Node} */ (e.target);
    if (!panel.hidden && !panel.contains(at) && !button.contains(at)) open(false);
  });
  return { close: () => open(false) };
}

/** Offers a text as a file with a name that says nothing. @param {string} text */
function save(text) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = el('a', { href: url, download: 'chat.txt', hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
