import { el } from './dom.js';

/** What can be pressed inside a card, for as long as the card is the newest. */

let ids = 0;

/** An id for labels, unique on the page. */
export const unique = () => `c${++ids}`;

/**
 * A button that loses its function when the conversation has gone on; see retire.
 * @param {string} cls @param {string} label @param {() => void} act @param {string} [spoken] what is read aloud instead
 */
export function button(cls, label, act, spoken) {
  const b = el('button', { type: 'button', class: cls, 'data-act': true, 'aria-label': spoken, onclick: () => {
    if (b.getAttribute('aria-disabled') === 'true') return;
    b.focus(); // some browsers do not focus what is tapped; from here the focus goes on into the next card
    act();
  } }, el('span', {}, label));
  return b;
}

/**
 * Takes the function from the controls of earlier cards. They go out of sight, but not while one has the focus (see cards.css); links that call
 * or text stay links for good.
 * @param {Element} line
 */
export function retire(line) {
  if (line.classList.contains('old')) return;
  line.classList.add('old');
  for (const e of line.querySelectorAll('[data-act]')) {
    e.setAttribute('aria-disabled', 'true');
    if (e.matches('input')) {
      if (e === document.activeElement) e.setAttribute('readonly', '');
      else e.setAttribute('disabled', '');
    } else e.setAttribute('tabindex', '-1');
  }
}
