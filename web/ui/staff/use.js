import { post, signIn } from "./part.js";

// Signs the screen out when nobody uses it, says so in advance, and keeps notes that were typed and not saved.

const sayHere = 60000; // ms between two words that somebody is at work
const draftAfter = 800; // ms without a key until a draft is kept

/** Leaves the screen when it was not used for so long, and tells the server while it is. @param {number} seconds until the session ends */
export function watchUse(seconds) {
  const ending = document.getElementById("ending");
  let leave = 0;
  let warn = 0;
  let said = Date.now();
  const begin = (/** @type {number} */ left) => {
    clearTimeout(leave);
    clearTimeout(warn);
    ending.hidden = true;
    warn = setTimeout(() => { ending.hidden = false; }, (left - Math.min(120, left / 3)) * 1000);
    leave = setTimeout(async () => {
      await keep();
      location.replace(signIn);
    }, left * 1000);
  };
  const here = async () => {
    said = Date.now();
    try {
      const answer = await post("/staff/here", {});
      if (answer.status !== 200) {
        location.replace(signIn);
        return;
      }
      document.getElementById("until").textContent = await answer.text();
      begin(Number(answer.headers.get("Intake-Seconds")));
    } catch {
      // No connection: the session runs out by itself.
    }
  };
  begin(seconds);
  document.getElementById("stay").addEventListener("click", here);
  const used = () => { if (Date.now() - said >= Math.min(sayHere, seconds * 200)) here(); };
  for (const kind of ["keydown", "pointerdown", "scroll"]) addEventListener(kind, used, { passive: true });
}

const form = /** @type {HTMLFormElement|null} */ (document.querySelector("form[data-draft]"));
let timer = 0;
let kept = "";

/** Keeps what was typed, on the server and for its writer alone. */
async function keep() {
  if (!form) return;
  clearTimeout(timer);
  const text = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text")).value;
  if (text === kept) return;
  kept = text;
  try {
    await post(form.dataset.draft, { text });
  } catch {
    kept = "";
  }
}

if (form) {
  kept = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text")).value;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, draftAfter);
  });
  addEventListener("pagehide", () => { keep(); });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    kept = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text")).value; // it goes with the form
  });
}
