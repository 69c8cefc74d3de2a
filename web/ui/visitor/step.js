import { button, unique } from './act.js';
import { el, paragraphs } from './dom.js';
import { icon } from './icons.js';

/**
 * A question of the scheduling dialogue. Choosing never sends: only Continue does, or Enter in the field. What is typed into the field
 * below the conversation answers just the same.
 */

/** Steps that are answered in words, and what the phone's keyboard should be. */
const FIELDS = { name: 'text', reach: 'tel', times: 'text' };

/** @param {Object} card @param {import('./cards.js').Act} act */
export function step(card, act) {
  const options = card.options || [];
  const title = unique();
  const hint = unique();
  const trouble = unique();
  const group = unique();
  const described = [card.body && hint, trouble].filter(Boolean).join(' ');
  const problem = el('p', { class: 'problem', id: trouble, hidden: !card.problem }, icon('alert'), el('span', {}, card.problem || ''));

  const choices = options.map((o) => {
    const id = unique();
    return [
      el('input', { type: 'radio', class: 'vh', name: group, id, value: o.id, checked: !!o.chosen, 'data-act': true, 'data-label': o.label }),
      el('label', { class: 'choice', for: id, lang: o.lang }, el('span', { class: 'o' }), el('span', {}, o.label), o.hint && el('small', {}, o.hint)),
    ];
  }).flat();

  // A field where words are the answer, and where a choice was not understood or needs a word more.
  const mode = FIELDS[card.step.id] || (options.length === 0 || card.problem ? 'text' : '');
  const input = mode && el('input', { class: 'field', type: 'text', id: unique(), inputmode: mode, autocomplete: 'off', maxlength: '300', enterkeyhint: 'send',
    'aria-labelledby': options.length ? undefined : title, 'aria-describedby': described, 'aria-invalid': card.problem && 'true', value: card.typed, 'data-act': true });

  const form = el('form', { class: 'card step', novalidate: true, autocomplete: 'off', onsubmit: (e) => {
    e.preventDefault();
    if (form.closest('.old')) return;
    const chosen = form.querySelector('input:checked');
    const words = input ? input.value.trim() : '';
    if (!form.contains(document.activeElement)) form.querySelector('.btn.go').focus(); // as in act.js
    if (words) act.say(words);
    else if (chosen) act.choose(chosen.value, chosen.dataset.label);
    else {
      problem.hidden = false;
      problem.lastChild.textContent = act.t('empty');
      (input || form.querySelector('input')).focus();
    }
  } },
  el('div', { class: 'in q' },
    progress(card, act),
    card.got && el('p', { class: 'got' }, icon('check'), el('span', {}, card.got)),
    el('h2', { class: 'voice', id: title, tabindex: '-1' }, card.title),
    ...paragraphs(card.body).map((p, i) => el('p', { class: 'hint', id: i === 0 ? hint : undefined }, p)),
    choices.length > 0 && el('div', { class: 'choices', role: 'radiogroup', 'aria-labelledby': title, 'aria-describedby': described }, ...choices),
    input && options.length > 0 && el('label', { class: 'own', for: input.id }, act.t('own_words')),
    input,
    problem,
    el('div', { class: 'row' },
      card.step.back && back(act),
      card.step.skip && button('quiet', act.t('skip'), () => act.choose('skip', act.t('skip'))),
      el('button', { class: 'btn go', 'data-act': true }, act.t('continue')))));
  if (input && choices.length) input.addEventListener('input', () => {
    // Own words stand in for a choice; two answers at once would leave it open which one counts.
    for (const r of form.querySelectorAll('input:checked')) if (input.value.trim()) r.checked = false;
  });
  if (input && choices.length) form.addEventListener('change', (e) => { if (e.target !== input) input.value = ''; });
  return form;
}

/** @param {import('./cards.js').Act} act */
function back(act) {
  const b = button('quiet', act.t('back'), () => act.choose('back', act.t('back')));
  b.prepend(icon('back'));
  return b;
}

/** "Step 5 of 7" in words and as a tide bar. @param {Object} card @param {import('./cards.js').Act} act */
function progress(card, act) {
  const { n, of, words } = card.step;
  if (!of || !n) return null;
  const marks = Array.from({ length: of }, (_, i) => el('i', { class: i + 1 < n ? 'on' : i + 1 === n ? 'now' : '' }));
  return el('div', { class: 'progress' },
    el('div', { class: 'lab' }, el('b', {}, words), el('span', {}, act.t('schedule'))),
    el('div', { class: 'tide', 'aria-hidden': 'true' }, ...marks));
}

/** What will be sent, with Change on each row, the consent, and one button. @param {Object} card @param {import('./cards.js').Act} act */
export function summary(card, act) {
  const options = card.options || [];
  return el('div', { class: 'summary' },
    el('div', { class: 'q' },
      el('h2', { class: 'voice', tabindex: '-1' }, card.title),
      card.step && el('p', { class: 'hint' }, card.step.words)),
    card.problem && el('p', { class: 'problem' }, icon('alert'), el('span', {}, card.problem)),
    el('div', { class: 'card' }, el('dl', { class: 'sum' }, ...(card.rows || []).map((r) => el('div', {},
      el('dt', {}, r.label),
      el('dd', { class: 'num' }, r.value),
      el('dd', { class: 'chg' }, button('quiet', act.t('change'), () => act.choose(`change:${r.step}`, r.change), r.change)))))),
    ...paragraphs(card.body).map((p) => el('p', { class: 'consent' }, p)),
    ...options.map((o) => button(o.style === 'go' ? 'btn go' : 'btn alt', o.label, () => act.choose(o.id, o.label))),
    card.step && card.step.back && el('div', { class: 'row' }, back(act)));
}
