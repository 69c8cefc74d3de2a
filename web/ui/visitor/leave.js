/**
 * Leaving: one act, no question asked. The screen is empty before anything else is done; then the token is made void, what the device
 * kept is erased, and the whole window, not only the frame, goes to a neutral page in place of this one.
 */

const WITHIN = 3000; // ms for the three presses of Shift

/**
 * @param {{neutral: string, store: import('./store.js').Store, connection: import('./connection.js').Connection, host: import('./host.js').Host, speech: import('./speech.js').Speech}} of
 * @returns {() => void}
 */
export function leaver({ neutral, store, connection, host, speech }) {
  let left = false;
  return () => {
    if (left) return;
    left = true;
    document.body.replaceChildren();
    speech.stop();
    document.title = '\u200b';
    const told = connection.leave();
    store.clear();
    told.then(() => {
      const asked = host.ask('leave');
      // The page around us does it; if it does not, or nobody is around us, we do.
      setTimeout(() => window.top.location.replace(neutral), asked ? 400 : 0);
    });
  };
}

/**
 * Three presses of Shift with no other key between them.
 * @param {EventTarget} target @param {() => void} leave
 */
export function onShiftThrice(target, leave) {
  /** @type {number[]} */
  let presses = [];
  target.addEventListener('keydown', (/** @type {KeyboardEvent} */ e) => {
    if (e.key !== 'Shift') presses = [];
    else if (!e.repeat) {
      presses = presses.filter((t) => e.timeStamp - t < WITHIN).concat(e.timeStamp);
      if (presses.length >= 3) leave();
    }
  }, true);
  target.addEventListener('pointerdown', () => { presses = []; }, true);
}
