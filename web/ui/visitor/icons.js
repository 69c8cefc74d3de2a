/** Line drawings on a 24-unit grid, and the pictograms of the emergency card on 48. The word beside a drawing is its name. */

const NS = 'http://www.w3.org/2000/svg';

/** @type {Object<string, Array<string|[number, number, number]>>} paths, or [cx, cy, r] of a circle */
const ICONS = {
  leave: ['M13.5 4H5v16h8.5', 'M10 12h10.5M16.5 8l4 4-4 4'],
  down: ['M6 9.5l6 6 6-6'],
  next: ['M9.5 6l6 6-6 6'],
  back: ['M14.5 6l-6 6 6 6'],
  close: ['M6.5 6.5l11 11M17.5 6.5l-11 11'],
  calendar: ['M4 6h16v14H4zM4 10.5h16M8.5 3.5V7M15.5 3.5V7'],
  person: [[12, 8, 3.75], 'M4.5 20.5c.8-4 3.6-6 7.5-6s6.7 2 7.5 6'],
  lock: ['M5.5 11h13v9.5h-13zM8.5 11V8a3.5 3.5 0 0 1 7 0v3'],
  send: ['M12 19V5.5M6 11l6-6 6 6'],
  phone: ['M5 4h3.5l1.8 4.4-2.2 1.6a12 12 0 0 0 5.9 5.9l1.6-2.2L20 15.5V19a1.5 1.5 0 0 1-1.6 1.5C10.5 20 4 13.5 3.5 5.6A1.5 1.5 0 0 1 5 4z'],
  bubble: ['M4 5.5h16v11H10.5L6 20.5v-4H4z', 'M8 9.5h8M8 12.75h5'],
  page: ['M6 3.5h8l4 4v13H6z', 'M14 3.5v4h4M9 12h6M9 15.5h6'],
  plus: ['M12 5v14M5 12h14'],
  clock: [[12, 12, 8.5], 'M12 7v5.25l3.5 2'],
  alert: ['M12 4L2.75 20h18.5z', 'M12 10v4.5M12 17.25v.1'],
  more: [[5.5, 12, 1.6], [12, 12, 1.6], [18.5, 12, 1.6]],
  larger: ['M3 19l5-13 5 13M4.8 14.5h6.4', 'M15.5 19l2.75-7.5L21 19M16.5 16.5h3.5'],
  sound: ['M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z', 'M15.5 9c1.6 1.8 1.6 4.2 0 6M18 6.5c3 3.3 3 7.7 0 11'],
  save: ['M12 4v11M7.5 10.5L12 15l4.5-4.5', 'M4.5 19.5h15'],
  check: ['M5 12.5l4.5 4.5L19 7.5'],
};

/** Pictograms: `f:` is filled, `t:` drawn thin. */
const PICS = {
  naloxone: ['M20 41h8M24 41v-9M17 32h14M19 32v-9l3-3v-8h4v8l3 3v9', 't:M19 9l-4-3M24 7V3M29 9l4-3'],
  breaths: ['M6 41h36', [14, 31, 6], 'M23 35h17', 't:M17 22c4-1 6-4 6-8 0-3-1-5-3-7', 'M14 8v11M9.5 14.5L14 19l4.5-4.5'],
  side: ['M5 42h38', [11, 30, 5.5], 'M18 35c4-5 10-6 15-3l8 5', 'M30 31l-3-8 9 4 2 9', 'M19 34l-2 4h-6'],
  stay: [[17, 14, 5.5], 'M7 38c0-9 4-14 10-14 4 0 7 2 8.5 6', [34, 21, 4.5], 'M25.5 39c0-6 3-9 8.5-9s8.5 3 8.5 9'],
  speaker: ['M15 7h14v34H15z', 'M20 36h4', 't:M34 17c3 4 3 10 0 14M39 13c5 6 5 16 0 22', [22, 15, 2]],
  doors: ['M11 41V8h18v33M6 41h36', [24.5, 25, 2], 't:M34 20h8M38.5 16l4 4-4 4'],
};

/** @param {string} name @param {string|number} value @param {SVGElement} e */
const attr = (e, name, value) => e.setAttribute(name, String(value));

/** @param {string} tag */
const node = (tag) => /** @type {SVGElement} */ (document.createElementNS(NS, tag));

/** @param {SVGElement} svg @param {Array<string|number[]>} shapes */
function draw(svg, shapes) {
  for (const shape of shapes) {
    if (typeof shape === 'string') {
      const p = node('path');
      if (shape.startsWith('t:')) attr(p, 'class', 't');
      attr(p, 'd', shape.replace(/^t:/, ''));
      svg.append(p);
    } else {
      const c = node('circle');
      attr(c, 'class', 'f');
      attr(c, 'cx', shape[0]);
      attr(c, 'cy', shape[1]);
      attr(c, 'r', shape[2]);
      svg.append(c);
    }
  }
  return svg;
}

/** @param {string} cls @param {number} size @param {Array<string|number[]>} shapes */
function svg(cls, size, shapes) {
  const s = node('svg');
  attr(s, 'class', cls);
  attr(s, 'viewBox', `0 0 ${size} ${size}`);
  attr(s, 'aria-hidden', 'true');
  return draw(s, shapes);
}

/** A line drawing. @param {string} name @param {string} [extra] further classes */
export const icon = (name, extra = '') => svg(`i ${extra}`.trim(), 24, ICONS[name] || []);

/** A pictogram of the emergency card; an unknown name gives the one with two people. @param {string} name */
export const pic = (name) => svg('pic', 48, PICS[name] || PICS.stay);

/** Fills the empty drawings that the server wrote. @param {ParentNode} root */
export function fill(root) {
  for (const s of root.querySelectorAll('svg[data-icon]')) if (!s.firstChild) draw(/** @type {SVGElement} */ (s), ICONS[s.dataset.icon] || []);
}
