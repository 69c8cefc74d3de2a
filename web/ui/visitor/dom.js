/**
 * Builds elements. Text goes in as text nodes only: nothing in this folder parses HTML, so a visitor's words can never become markup.
 */

/**
 * @param {string} tag
 * @param {Object<string, string|boolean|EventListener|undefined>} [props] attributes; `on...` are listeners, `true` is an empty attribute, `false` and `undefined` leave it out
 * @param {...(Node|string|null|undefined|false)} kids
 * @returns {HTMLElement}
 */
export function el(tag, props = {}, ...kids) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') e.addEventListener(name.slice(2), value);
    else if (value === true) e.setAttribute(name, '');
    else if (value !== false && value !== undefined) e.setAttribute(name, value);
  }
  for (const kid of kids) if (kid || kid === '') e.append(kid);
  return e;
}

/**
 * Paragraphs of a text, parted by blank lines; single line breaks stay.
 * @param {string} [text]
 * @returns {string[]}
 */
export function paragraphs(text) {
  return (text || '').split(/\n\s*\n/).map((p) => p.trim()).filter(Boolean);
}

/**
 * Only links that call, text or open a page over https. Anything else is dropped, whoever sent it.
 * @param {string} [href]
 * @returns {string|undefined}
 */
export function safe(href) {
  return href && /^(tel:\+?\d+|sms:\d+(\?body=\w+)?|https:\/\/[^\s]+)$/.test(href) ? href : undefined;
}

// No look-behind: a phone of before 2023 would not read this file at all.
const NUMBER = /((?:\b1-)?(?:\(\d{3}\) |\b\d{3}-)\d{3}-\d{4}\b|\b(?:911|988)\b(?!-))/;

/**
 * A text with its phone numbers kept whole at the end of a line.
 * @param {string} text
 * @returns {Array<Node|string>}
 */
export function whole(text) {
  return text.split(NUMBER).map((part, i) => (i % 2 === 0 ? part : el('span', { class: 'whole' }, part)));
}

/**
 * A text of the program with its phone numbers as links: somebody who is told to call should not have to type a number.
 * @param {string} text
 * @returns {Array<Node|string>}
 */
export function linked(text) {
  return text.split(NUMBER).map((part, i) => {
    if (i % 2 === 0) return part;
    const digits = part.replace(/\D/g, '');
    return el('a', { class: 'tel', href: `tel:${digits.length > 3 ? `+${digits.length === 10 ? '1' : ''}` : ''}${digits}` }, part);
  });
}
