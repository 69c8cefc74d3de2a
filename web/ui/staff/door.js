// Passkeys at the door and on the page that sets them up. The forms that need one are hidden where the browser has none.

/** @param {string} text base64url @returns {Uint8Array} */
function bytes(text) {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

/** @param {ArrayBuffer|null|undefined} data @returns {string|undefined} base64url */
function text(data) {
  if (!data) return undefined;
  let raw = "";
  for (const b of new Uint8Array(data)) raw += String.fromCharCode(b);
  return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Options as the server wrote them, with bytes where the browser wants bytes. @param {any} o */
function options(o) {
  const ids = (/** @type {any[]} */ list) => (list || []).map((c) => ({ ...c, id: bytes(c.id) }));
  o.challenge = bytes(o.challenge);
  if (o.user) o.user.id = bytes(o.user.id);
  if (o.excludeCredentials) o.excludeCredentials = ids(o.excludeCredentials);
  if (o.allowCredentials) o.allowCredentials = ids(o.allowCredentials);
  return o;
}

/** What the browser answered, as JSON. @param {any} c */
function answer(c) {
  const r = c.response;
  return JSON.stringify({
    id: c.id, rawId: text(c.rawId), type: c.type, authenticatorAttachment: c.authenticatorAttachment || undefined, clientExtensionResults: {},
    response: {
      clientDataJSON: text(r.clientDataJSON), attestationObject: text(r.attestationObject), authenticatorData: text(r.authenticatorData),
      signature: text(r.signature), userHandle: text(r.userHandle), transports: r.getTransports ? r.getTransports() : undefined,
    },
  });
}

if (window.PublicKeyCredential) {
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-passkey]"))) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const failed = /** @type {HTMLElement} */ (form.querySelector("[data-failed]"));
      failed.hidden = true;
      try {
        const publicKey = options(JSON.parse(form.dataset.options || "{}"));
        const made = form.dataset.passkey === "create" ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
        /** @type {HTMLInputElement} */ (form.elements.namedItem("credential")).value = answer(made);
        form.submit();
      } catch {
        failed.hidden = false; // refused, or no passkey here
      }
    });
  }
}
