/**
 * <clinic-chat>: the button on the clinic's pages. One line adds it:
 *
 *   <script src="https://chat.example.org/embed.js" async></script>
 *
 * Options, on the script tag or on a <clinic-chat> that the page has itself (which comes first):
 *
 *   data-lang="es"                   language; without it that of <html lang>
 *   data-side="left"                 the edge that the button stands at
 *   data-topic="medicare-accepted"   a question that stands first when the chat is opened
 *   data-open="true"                 open at once, where there is room for page and chat side by side
 *
 * The element has open(topic), close() and toggle(), the property isOpen, and sends clinic-chat:open, clinic-chat:close and
 * clinic-chat:leave, which bubble. They tell whether the chat is open and never what is said in it. The conversation is our own page in a
 * frame that is made on first use: until then nothing is loaded and nothing is stored, and scripts of this page can never read it. Pages of
 * one site that are opened in one tab share the conversation. The server calls this function with the settings; see web/visitor/pages.go.
 *
 * @param {{origin: string, neutral: string, css: string, sheet: string, words: Object<string, {open: string, close: string, title: string, plain: string}>}} config
 */
(function (config) {
  'use strict';
  const tag = document.currentScript;
  const set = (tag && tag.dataset) || {};
  const wide = matchMedia('(min-width: 640px)');
  const NS = 'http://www.w3.org/2000/svg';

  /** An option of the element or of the script tag. @param {Element} e @param {string} name */
  const option = (e, name) => e.getAttribute(`data-${name}`) || set[name] || '';

  /** The words of the page's language; English where it has none. @param {Element} e */
  function words(e) {
    const lang = (option(e, 'lang') || document.documentElement.lang || 'en').toLowerCase().split('-')[0];
    const known = config.words[lang] ? lang : 'en';
    return { lang: known, ...config.words[known] };
  }

  /** @param {string[]} paths */
  function icon(paths) {
    const svg = document.createElementNS(NS, 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    for (const d of paths) svg.appendChild(document.createElementNS(NS, 'path')).setAttribute('d', d);
    return svg;
  }

  const BUBBLE = ['M4 5.5h16v11H10.5L6 20.5v-4H4z', 'M8 9.5h8M8 12.75h5'];
  const DOWN = ['M6 9.5l6 6 6-6'];

  class ClinicChat extends HTMLElement {
    static define() {
      if (!customElements.get('clinic-chat')) customElements.define('clinic-chat', ClinicChat);
    }

    #button = document.createElement('button');
    #panel = document.createElement('div');
    #frame = null;
    #words;
    #loaded = false;
    #open = false;
    #overflow = '';
    #undo = new AbortController();

    connectedCallback() {
      if (this.#words) return; // moved within the page
      this.#words = words(this);
      const root = this.attachShadow({ mode: 'closed' });
      style(root);
      this.lang = this.#words.lang;
      if (option(this, 'side') === 'left') this.classList.add('left');
      this.#panel.id = 'panel';
      this.#panel.hidden = true;
      this.#button.type = 'button';
      this.#button.setAttribute('aria-expanded', 'false');
      this.#button.setAttribute('aria-controls', 'panel');
      this.#label();
      root.append(this.#panel, this.#button);

      const on = (target, type, act) => target.addEventListener(type, act, { signal: this.#undo.signal, capture: true });
      on(this.#button, 'click', () => this.toggle());
      on(window, 'message', (e) => this.#hear(e));
      on(document, 'keydown', (e) => this.#shift(e));
      on(wide, 'change', () => this.#fit());
      if (window.visualViewport) on(window.visualViewport, 'resize', () => this.#fit());
      if (option(this, 'open') === 'true' && wide.matches) this.#show(true, true);
    }

    get isOpen() {
      return this.#open;
    }

    /** @param {string} [topic] a question that stands first, by its name */
    open(topic) {
      if (topic && !this.#frame) this.setAttribute('data-topic', topic);
      if (!this.#open) this.#show(true);
    }

    close() {
      if (this.#open) this.#show(false);
    }

    toggle() {
      this.#show(!this.#open);
    }

    disconnectedCallback() {
      queueMicrotask(() => {
        if (this.isConnected) return;
        this.#undo.abort();
        if (this.#open) this.#show(false);
      });
    }

    #label() {
      const text = document.createElement('span');
      text.textContent = this.#open ? this.#words.close : this.#words.open;
      this.#button.replaceChildren(icon(this.#open ? DOWN : BUBBLE), text);
    }

    /** @param {boolean} open @param {boolean} [quiet] leave the focus where it is */
    #show(open, quiet) {
      this.#open = open;
      if (!this.#frame) {
        const topic = option(this, 'topic');
        const f = document.createElement('iframe');
        f.title = this.#words.title;
        f.referrerPolicy = 'no-referrer';
        const query = `?lang=${this.#words.lang}${topic ? `&topic=${encodeURIComponent(topic)}` : ''}`;
        f.src = `${config.origin}/chat${query}`;
        f.addEventListener('load', () => {
          this.#loaded = true;
          this.#tell(this.#open && !quiet ? 'focus' : 'hello');
        });
        // In sight only if the chat does not start: the page that needs no script.
        const plain = document.createElement('a');
        plain.href = `${config.origin}/chat/plain${query}`;
        plain.target = '_top';
        plain.textContent = this.#words.plain;
        this.#frame = f;
        this.#panel.append(plain, f);
      }
      this.#panel.hidden = !open;
      this.classList.toggle('open', open);
      this.#button.setAttribute('aria-expanded', String(open));
      this.#label();
      this.#fit();
      this.#say(open ? 'open' : 'close');
      if (quiet) return;
      if (open) {
        this.#frame.focus();
        this.#tell('focus');
      } else {
        this.#button.focus();
      }
    }

    /** On a phone the panel is the whole screen: the page below must not scroll, and the keyboard must not cover the field. */
    #fit() {
      const full = this.#open && !wide.matches;
      const root = document.documentElement;
      if (full && !this.#overflow) {
        this.#overflow = root.style.overflow || 'visible';
        root.style.overflow = 'hidden';
      } else if (!full && this.#overflow) {
        root.style.overflow = this.#overflow === 'visible' ? '' : this.#overflow;
        this.#overflow = '';
      }
      const view = window.visualViewport;
      const squeezed = full && view && view.scale === 1 && view.height < window.innerHeight - 80;
      this.#panel.style.height = squeezed ? `${view.height}px` : '';
      this.#panel.style.top = squeezed ? `${view.offsetTop}px` : '';
    }

    #say(type) {
      this.dispatchEvent(new CustomEvent(`clinic-chat:${type}`, { bubbles: true }));
    }

    #tell(type) {
      if (this.#loaded) this.#frame.contentWindow.postMessage({ clinicChat: 1, type }, config.origin);
    }

    #hear(e) {
      if (e.origin !== config.origin || !this.#frame || e.source !== this.#frame.contentWindow) return;
      if (!e.data || e.data.clinicChat !== 1) return;
      if (e.data.type === 'here') this.classList.add('here');
      if (e.data.type === 'hide' && this.#open) this.#show(false);
      if (e.data.type === 'leave') this.#leave();
    }

    /** Three presses of Shift leave from this page as they do from the chat, once the chat was used. */
    #presses = [];
    #shift(e) {
      if (!this.#frame) return;
      if (e.key !== 'Shift') this.#presses = [];
      else if (!e.repeat) {
        this.#presses = this.#presses.filter((t) => e.timeStamp - t < 3000).concat(e.timeStamp);
        if (this.#presses.length >= 3) {
          this.#tell('leave'); // it empties itself, voids its token and answers with "leave"
          setTimeout(() => this.#leave(), 500);
        }
      }
    }

    /** The page goes out of sight at once, and another one takes its place in the history. The address is ours, never the frame's. */
    #leave() {
      this.#say('leave');
      document.documentElement.style.setProperty('display', 'none', 'important');
      location.replace(config.neutral);
    }
  }

  /** @param {ShadowRoot} root */
  function style(root) {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(config.css);
      root.adoptedStyleSheets = [sheet];
    } catch {
      const link = document.createElement('link'); // browsers without constructable sheets
      link.rel = 'stylesheet';
      link.href = config.sheet;
      root.append(link);
    }
  }

  function start() {
    ClinicChat.define();
    if (!document.querySelector('clinic-chat')) document.body.append(document.createElement('clinic-chat'));
  }

  if (document.body) start();
  else document.addEventListener('DOMContentLoaded', start);
})
