import { button, unique } from './act.js';
import { el, safe, whole } from './dom.js';
import { icon, pic } from './icons.js';

/**
 * The emergency card and the direct question: the number first, one tap; then at most four steps, each a picture and a few words. It
 * appears at once, moves nothing, takes no focus and never loses its links.
 */

/** @param {Object} card @param {import('./cards.js').Act} act */
export function emergency(card, act) {
  const e = card.emergency;
  const ask = card.kind === 'doubt';
  const title = unique();
  const tone = e.tone === 'red' && !ask ? '' : ' calm';
  return el('section', { class: `sos-card${tone}${ask ? ' ask' : ''}`, role: act.live ? 'alert' : undefined, 'aria-labelledby': act.live ? undefined : title },
    el('div', { class: 'lead' },
      el('h2', { id: title, tabindex: '-1' }, e.title),
      e.leave && el('button', { type: 'button', class: 'leave-wide', onclick: act.leave }, icon('leave'), el('span', {}, act.t('leave'))),
      el('div', { class: 'two' }, ...(e.calls || []).map((c, i) => call(c, i > 0))),
      e.note && el('p', {}, e.note)),
    e.do && e.do.length > 0 && el('ol', { class: 'do' }, ...e.do.map((d) => el('li', {},
      pic(d.pic), el('span', {}, d.text, d.hint && el('small', {}, d.hint))))),
    e.others && e.others.length > 0 && el('ul', { class: 'more-help' }, ...e.others.map((o) => el('li', { class: o.label.length > 6 ? 'under' : undefined },
      el('span', {}, o.text), el('a', { href: safe(o.href), class: o.style === 'red' ? 'red' : 'plain' }, icon('phone'), el('span', {}, o.label))))),
    e.law && el('p', { class: 'law' }, e.law),
    ask && el('div', { class: 'answer', role: 'group', 'aria-labelledby': title },
      ...(card.options || []).map((o) => button('btn alt', o.label, () => act.choose(o.id, o.label)))));
}

/** @param {{href: string, label: string, text?: string, style?: string}} c @param {boolean} second */
function call(c, second) {
  const words = c.style === 'text';
  const size = c.label.length > 18 ? ' long' : second ? ' second' : c.label.length > 9 ? ' mid' : '';
  return el('a', { class: `call${words ? ' text' : ''}${size}`, href: safe(c.href) }, icon(words ? 'bubble' : 'phone'),
    el('span', {}, ...whole(c.label), c.text && el('small', {}, c.text)));
}
