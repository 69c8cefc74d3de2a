// What several parts of the console's script share.

export const signIn = "/staff/signin?ended=1";

/**
 * Fetches a page, or a part of one, as a document. A document that the browser parsed for us carries no script and needs no HTML from strings.
 * @param {string} address @returns {Promise<Document|null>} null where nothing came
 */
export function load(address) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.open("GET", address);
    request.addEventListener("load", () => {
      if (request.status === 401) location.replace(signIn);
      done(request.status === 200 ? request.response : null);
    });
    request.addEventListener("error", () => done(null));
    request.send();
  });
}

/**
 * Puts a part of a fetched page in place of the one on the screen.
 * @param {Document|null} from @param {string} id
 */
export function swap(from, id) {
  const fresh = from?.getElementById(id);
  const old = document.getElementById(id);
  if (!fresh || !old) return false;
  const focused = old.contains(document.activeElement) ? document.activeElement?.id : "";
  old.replaceWith(document.adoptNode(fresh));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  return true;
}

/** Sends a form's fields. @param {string} address @param {Record<string, string>} fields @param {Record<string, string>} [headers] */
export function post(address, fields, headers = {}) {
  return fetch(address, { method: "POST", body: new URLSearchParams(fields), redirect: "manual", keepalive: true, headers });
}
