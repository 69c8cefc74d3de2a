// Keeps the worklist, an open request and the calls of visitors up to date. Everything works without this file.
// The event stream says only that something changed; what changed is fetched as a page, so that looking at it is recorded.

import { load, post, signIn, swap } from "./part.js";
import { refreshRing } from "./ring.js";
import { personTypes, refreshLines } from "./talk.js";
import { watchUse } from "./use.js";

const notices = document.getElementById("notices");
const lost = document.getElementById("lost");
const changed = document.getElementById("changed");
const show = document.getElementById("show");

const lostAfter = 4000; // ms without the stream before we say so
const readLost = 4000; // ms that a lost claim stays to be read
const readTold = 12000; // the same, where its row is gone
const stillAfter = 8000; // ms without touching or scrolling before the list may move on a phone

if (notices) {
  follow(notices.dataset.events);
  watchUse(Number(notices.dataset.seconds));
}

/** Follows the event stream. @param {string} address */
function follow(address) {
  let timer = 0;
  const stream = new EventSource(address);
  stream.addEventListener("open", () => {
    clearTimeout(timer);
    timer = 0;
    lost.hidden = true;
  });
  stream.addEventListener("error", () => {
    timer ||= setTimeout(() => { lost.hidden = false; }, lostAfter);
    // After an answer such as 401 or 503 the browser gives up; only we know that it may be worth coming back.
    if (stream.readyState === EventSource.CLOSED) {
      setTimeout(() => { stream.close(); follow(address); }, 3000 + Math.random() * 3000);
      load("/staff/ring"); // leaves the page where the session is over
    }
  });
  stream.addEventListener("ended", () => location.replace(signIn));
  stream.addEventListener("state", (event) => news(event.data));
  stream.addEventListener("line", refreshLines);
  stream.addEventListener("typing", personTypes);
  stream.addEventListener("ring", async () => {
    await refreshRing();
    if (document.getElementById("chats")) {
      const page = await load("/staff/live");
      swap(page, "chats");
      swap(page, "people");
    }
  });
  addEventListener("pagehide", () => stream.close());
}

const list = () => document.getElementById("list");
const content = document.getElementById("content");
let waiting = "";
let touched = 0;
showFilter();

/** Brings the filter that is on into sight: on a phone they stand in a row that scrolls. */
function showFilter() {
  const on = list()?.querySelector(".filters [aria-current]");
  if (on) on.parentElement.scrollLeft = on.offsetLeft - (on.parentElement.clientWidth - on.offsetWidth) / 2;
}
for (const kind of ["touchstart", "scroll"]) {
  addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
}
let mouse = matchMedia("(hover: hover)").matches; // what somebody points with now: a screen that can be touched may have a mouse too
for (const kind of ["pointermove", "pointerdown"]) {
  addEventListener(kind, (event) => { mouse = event.pointerType === "mouse"; }, { passive: true });
}

/** Takes word of a state of the list or of the request. @param {string} state */
function news(state) {
  if (!list()) {
    changed.hidden = !content?.dataset.state || state === content.dataset.state;
    return;
  }
  if (list().dataset.still === "true" || !state) return; // what a search found stays as it is
  waiting = state === list().dataset.state ? "" : state;
  changed.hidden = true;
  if (waiting) settle();
}

let claims = 0; // under way, or just lost and still to be read

/** Somebody points at the list, has the focus in it, reads it on a phone or has pressed Claim: it must not move. */
function busy() {
  if (claims) return true;
  return list().contains(document.activeElement) || (mouse ? list().matches(":hover") : Date.now() - touched < stillAfter);
}

/** Shows the new list once nobody is in its way. */
function settle() {
  if (!waiting) return;
  if (busy()) {
    changed.hidden = false;
    setTimeout(settle, 1000);
    return;
  }
  refresh();
}

/** Fetches the list and puts it in place of the old one. @param {boolean} [asked] somebody pressed the button for it */
async function refresh(asked = false) {
  const state = waiting;
  waiting = "";
  const old = list();
  const page = await load(`/staff/list?show=${encodeURIComponent(old.dataset.show)}&from=${old.dataset.from}`);
  if (old === list() && !asked && busy()) { // somebody came to the list while it was fetched
    waiting ||= state;
    settle();
    return;
  }
  if (old !== list() || !swap(page, "list")) return;
  showFilter();
  document.getElementById("count").textContent = list().dataset.count;
  changed.hidden = true;
}

show?.addEventListener("click", (event) => {
  if (!list()) return; // an ordinary link: the page is loaded again
  event.preventDefault();
  refresh(true);
});

/** Says who was quicker: where the button was, or below where that row is gone. @param {HTMLFormElement} form @param {string} text */
function lostTo(form, text) {
  const said = document.createElement("span");
  said.className = "lost-claim";
  said.setAttribute("role", "status");
  said.textContent = text;
  if (form.isConnected) {
    form.replaceWith(said);
    return;
  }
  said.textContent = `${form.querySelector(".vh").textContent.trim()}: ${text}`;
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.append(said);
  notices.append(notice);
  setTimeout(() => notice.remove(), readTold);
}

// A claim that comes too late turns into who was quicker, in place; nothing else moves.
document.addEventListener("submit", async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("form[data-claim]")) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  claims += 1;
  let stay = 0;
  try {
    const answer = await post(form.getAttribute("action"), {}, { Accept: "text/plain" });
    const text = await answer.text();
    if (answer.status === 200) location.assign(text);
    else if (answer.status === 409) {
      lostTo(form, text);
      stay = readLost;
    } else location.reload();
  } catch {
    button.disabled = false; // no connection: the notice says so
    lost.hidden = false;
  }
  setTimeout(() => { claims -= 1; }, stay);
});
