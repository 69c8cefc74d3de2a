/** Hides the conversation from whoever comes by when nothing was done for a while. Nothing is lost: one button shows it again. */

const IDLE = 10 * 60_000; // ms
const LOOK = 3_000; // ms

/** @param {() => boolean} open whether there is something to hide @param {import('./cover.js').Cover} cover */
export function watchIdle(open, cover) {
  let last = Date.now();
  const here = () => { last = Date.now(); };
  for (const type of ['pointerdown', 'keydown', 'wheel', 'touchmove']) addEventListener(type, here, { passive: true, capture: true });
  const look = () => {
    if (Date.now() - last < IDLE || !open() || cover.shown) return;
    cover.show(() => [cover.title('idle_title'), cover.text('idle_text'), cover.button('idle_back', 'go', () => {
      here();
      cover.hide();
    })]);
  };
  setInterval(look, LOOK);
  document.addEventListener('visibilitychange', look); // timers sleep in pages that are out of sight
}
