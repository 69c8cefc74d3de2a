import { load, post } from "./part.js";

// The page of a chat that one talks in: new lines, who types, ready answers.

const again = 2000; // ms between two words to the server that somebody types
const shownFor = 4000; // ms that "is typing" stands without another word

const lines = document.getElementById("lines");
const types = document.getElementById("types");
const write = /** @type {HTMLFormElement|null} */ (document.getElementById("write"));
let timer = 0;
let said = 0;

/** Fetches the conversation. */
export async function refreshLines() {
  if (!lines) return;
  const page = await load(lines.dataset.lines);
  if (!page) {
    location.reload(); // over, or somebody else's: the server knows where to go
    return;
  }
  const end = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 80;
  lines.replaceChildren(...[...page.body.childNodes].map((n) => document.adoptNode(n)));
  types.hidden = true;
  if (end) lines.scrollTop = lines.scrollHeight;
}

/** The visitor types. */
export function personTypes() {
  if (!types) return;
  types.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => { types.hidden = true; }, shownFor);
}

if (write) {
  const field = /** @type {HTMLTextAreaElement} */ (write.elements.namedItem("text"));
  lines.scrollTop = lines.scrollHeight;
  field.focus();
  field.addEventListener("input", () => {
    if (Date.now() - said < again) return;
    said = Date.now();
    post(write.dataset.typing, {}).catch(() => {});
  });
  const send = async (/** @type {string} */ text) => {
    const answer = await post(write.getAttribute("action"), { line: line(), text });
    // A redirect means that it was said; a fetch does not show where to.
    if (answer.type === "opaqueredirect") return true;
    location.reload();
    return false;
  };
  write.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    try {
      await send(text);
    } catch {
      field.value = text; // no connection: nothing is lost
    }
    field.focus();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      write.requestSubmit();
    }
  });
  // A ready answer is put into the field, to be read and changed before it is said.
  for (const ready of document.querySelectorAll(".ready")) {
    ready.addEventListener("click", (event) => {
      event.preventDefault();
      field.value = [field.value.trim(), ready.querySelector(".words").textContent].filter(Boolean).join(" ");
      field.focus();
    });
  }
}

/** A name for the next line, so that it is said once however often it is sent. */
function line() {
  const raw = crypto.getRandomValues(new Uint8Array(12));
  return [...raw].map((b) => b.toString(16).padStart(2, "0")).join("");
}
