/** The words of the page in both languages, and the language the page is in. */
export class Words {
  #all;

  /** @param {Object<string, Object<string, string>>} all by language, then by key @param {string} lang */
  constructor(all, lang) {
    this.#all = all;
    this.lang = lang;
  }

  /** The other of the two languages. */
  get other() {
    return this.lang === 'es' ? 'en' : 'es';
  }

  /**
   * @param {string} key without "widget."
   * @param {Object<string, string>} [args] fill `{{.name}}`
   * @param {string} [lang] of a line that is not in the page's language
   */
  t(key, args = {}, lang = this.lang) {
    const text = (this.#all[lang] || this.#all.en)[`widget.${key}`] || '';
    return text.replace(/\{\{\s*\.(\w+)\s*\}\}/g, (_, name) => args[name] || '');
  }

  /** Puts every marked text and label below root into a language. @param {Document} root @param {string} lang */
  turn(root, lang) {
    this.lang = lang;
    root.documentElement.lang = lang;
    const put = (mark, set) => {
      for (const e of root.querySelectorAll(`[data-${mark}]`)) set(e, this.t(e.getAttribute(`data-${mark}`).replace('widget.', '')));
    };
    put('t', (e, text) => { e.textContent = text; });
    put('t-label', (e, text) => e.setAttribute('aria-label', text));
    put('t-title', (e, text) => e.setAttribute('title', text));
    put('t-placeholder', (e, text) => e.setAttribute('placeholder', text));
  }
}
