// Keeps the worklist and an open request up to date, and signs the screen out when nobody uses it. Everything works without this file.
// The event stream says only that something changed; what changed is fetched as a page, so that looking at it is recorded.

const notices = document.getElementById("notices");
const lost = document.getElementById("lost");
const changed = document.getElementById("changed");
const show = document.getElementById("show");

const signIn = "/staff/signin?ended=1";
const lostAfter = 4000; // ms without the stream before we say so
const stillAfter = 8000; // ms without touching or scrolling before the list may move on a phone
const sayHere = 60000; // ms between two words that somebody is at work

if (notices) {
  follow(notices.dataset.events);
  watchUse(Number(notices.dataset.seconds) * 1000);
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
      check();
    }
  });
  stream.addEventListener("ended", () => location.replace(signIn));
  stream.addEventListener("state", (event) => news(event.data));
}

/** Asks whether the session still lives, where the stream cannot say it. */
async function check() {
  try {
    const answer = await fetch("/staff/events?request=-", { cache: "no-store" });
    if (answer.status === 401) location.replace(signIn);
    answer.body?.cancel();
  } catch {
    // No connection: the notice says so.
  }
}

const list = () => document.getElementById("list");
const content = document.getElementById("content");
let waiting = "";
let touched = 0;
for (const kind of ["touchstart", "scroll"]) {
  addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
}

/** Takes word of a state of the list or of the request. @param {string} state */
function news(state) {
  if (!list()) {
    changed.hidden = state === content.dataset.state;
    return;
  }
  waiting = state === list().dataset.state ? "" : state;
  changed.hidden = true;
  if (waiting) settle();
}

/** Somebody points at the list, has the focus in it, or reads it on a phone: it must not move. */
function busy() {
  const mouse = matchMedia("(hover: hover)").matches;
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

/** Fetches the list and puts it in place of the old one. */
function refresh() {
  waiting = "";
  const old = list();
  const request = new XMLHttpRequest();
  // A document that the browser parsed for us carries no script and needs no HTML from strings.
  request.responseType = "document";
  request.open("GET", "/staff/list?show=" + encodeURIComponent(old.dataset.show));
  request.addEventListener("load", () => {
    if (request.status === 401) return location.replace(signIn);
    const fresh = request.status === 200 && request.response?.getElementById("list");
    if (!fresh || old !== list()) return;
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    old.replaceWith(document.adoptNode(fresh));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    document.getElementById("count").textContent = list().dataset.count;
    changed.hidden = true;
  });
  request.send();
}

show?.addEventListener("click", (event) => {
  if (!list()) return; // an ordinary link: the page is loaded again
  event.preventDefault();
  refresh();
});

/** Leaves the screen when it was not used for so long, and tells the server while it is. @param {number} idle milliseconds */
function watchUse(idle) {
  let leave = setTimeout(() => location.replace(signIn), idle);
  let said = Date.now();
  const used = async () => {
    if (Date.now() - said < sayHere) return;
    said = Date.now();
    try {
      const answer = await fetch("/staff/here", { method: "POST", body: new URLSearchParams(), redirect: "manual" });
      if (answer.status !== 200) return location.replace(signIn);
      document.getElementById("until").textContent = await answer.text();
      clearTimeout(leave);
      leave = setTimeout(() => location.replace(signIn), 15 * 60000);
    } catch {
      // No connection: the session runs out by itself.
    }
  };
  for (const kind of ["keydown", "pointerdown", "scroll"]) addEventListener(kind, used, { passive: true });
}
