import { el, safe } from './dom.js';
import { icon } from './icons.js';

/**
 * "End and erase": asks once, with what becomes of the request, and shows the code that confirms it.
 *
 * @param {{cover: import('./cover.js').Cover, words: import('./words.js').Words, handed: () => boolean, phone: string, phoneLink: string,
 *   post: (withdraw: boolean) => Promise<Response>, begin: () => void, fail: () => void, forget: () => void, over: () => void}} of
 *   begin and forget stand around what makes everything go from this page, fail comes where it did not; over begins a new chat
 * @returns {() => void}
 */
export function eraser({ cover, words, handed, phone, phoneLink, post, begin, fail, forget, over }) {
  let busy = false;

  /** @param {boolean} withdraw */
  async function erase(withdraw) {
    if (busy) return;
    busy = true;
    begin();
    try {
      const answer = await post(withdraw);
      if (!answer.ok && answer.status !== 404) throw new Error('not erased');
      const { code = '', kept = '' } = answer.ok ? await answer.json() : {};
      forget();
      cover.show(() => [
        cover.title(code ? 'erased_title' : 'ended'),
        code && cover.text('erased_text'),
        code && cover.code('erased_code', code),
        kept && cover.code('erased_kept', kept),
        cover.note('erased_history', 'alert'),
        el('div', { class: 'pair' }, cover.button('new', 'go', over),
          safe(phoneLink) && el('a', { class: 'btn alt', href: phoneLink }, icon('phone'), el('span', {}, words.t('call', { phone })))),
      ]);
    } catch {
      fail();
      ask(true);
    } finally {
      busy = false;
    }
  }

  /** @param {boolean} [failed] */
  function ask(failed) {
    const called = handed();
    cover.show(() => [
      cover.title('erase_title'),
      cover.text(called ? 'erase_text_request' : 'erase_text'),
      failed && el('p', { class: 'problem', role: 'alert' }, icon('alert'), el('span', {}, words.t('erase_failed'))),
      called && el('p', { class: 'said' }, words.t('erase_request')),
      cover.button(called ? 'erase_withdraw' : 'erase_yes', called ? 'alt' : 'go', () => erase(true)),
      called && cover.button('erase_keep', 'alt', () => erase(false)),
      cover.button('erase_no', 'alt', () => cover.hide()),
    ]);
  }
  return () => ask();
}
