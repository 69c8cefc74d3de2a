/**
 * Reading aloud, with voices that live on the device only: any other would send what is read to a company. Where there is none for a language
 * nothing is offered.
 */
export class Speech {
  #synth = window.speechSynthesis || null;
  speaking = false;

  /** @param {() => void} changed other voices are there now */
  constructor(changed) {
    if (this.#synth && this.#synth.addEventListener) this.#synth.addEventListener('voiceschanged', changed);
  }

  /** @param {string} lang @returns {SpeechSynthesisVoice|undefined} */
  #voice(lang) {
    if (!this.#synth) return undefined;
    const fit = this.#synth.getVoices().filter((v) => v.localService === true && v.lang.toLowerCase().startsWith(lang));
    return fit.find((v) => v.lang.toLowerCase().endsWith('us')) || fit[0];
  }

  /** @param {string} lang */
  can(lang) {
    return Boolean(this.#voice(lang));
  }

  /** @param {string} text @param {string} lang */
  read(text, lang) {
    const voice = this.#voice(lang);
    if (!voice || !this.#synth) return;
    this.#synth.cancel();
    const u = new SpeechSynthesisUtterance(text);
    u.voice = voice;
    u.lang = voice.lang;
    u.rate = 0.95;
    u.onend = u.onerror = () => { this.speaking = false; };
    this.speaking = true;
    this.#synth.speak(u);
  }

  stop() {
    this.speaking = false;
    if (this.#synth) this.#synth.cancel();
  }
}
