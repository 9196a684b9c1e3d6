// @ts-check
// Passkeys: fetches what the server asks, lets the browser answer, and puts the
// answer into the form. The form goes to the server like any other.

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

/** @param {ArrayBuffer|null|undefined} b */
const text = (b) => btoa(String.fromCharCode(...new Uint8Array(b ?? new ArrayBuffer(0)))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** Whether this browser knows passkeys. */
export const able = () => typeof PublicKeyCredential === 'function' && !!navigator.credentials;

/**
 * What the server asks of the browser; null when it asks for nothing.
 * @param {string} url @returns {Promise<any>}
 */
export async function asks(url) {
  const answer = await fetch(url, { method: 'POST', redirect: 'manual', cache: 'no-store' });
  return answer.ok ? answer.json() : null;
}

/**
 * Lets the browser answer. It throws when the person says no.
 * @param {any} o options as JSON
 * @returns {Promise<{key: string, prf: string}>}
 */
export async function answer(o) {
  /** @param {any[]|undefined} list */
  const named = (list) => (list ?? []).map((c) => ({ ...c, id: bytes(c.id) }));
  const options = { ...o, challenge: bytes(o.challenge) };
  const making = !!o.user;
  if (making) {
    options.user = { ...o.user, id: bytes(o.user.id) };
    options.excludeCredentials = named(o.excludeCredentials);
  } else options.allowCredentials = named(o.allowCredentials);
  const first = o.extensions?.prf?.eval?.first;
  if (first) options.extensions = { ...o.extensions, prf: { eval: { first: bytes(first) } } };
  const made = /** @type {any} */ (await (making ? navigator.credentials.create({ publicKey: options }) : navigator.credentials.get({ publicKey: options })));
  if (!made) throw new Error('no passkey');
  const r = made.response;
  const extra = made.getClientExtensionResults();
  const prf = extra.prf?.results?.first;
  return {
    prf: prf ? text(prf) : '',
    key: JSON.stringify({
      id: made.id, rawId: text(made.rawId), type: made.type,
      clientExtensionResults: extra.prf?.enabled === undefined || !making ? {} : { prf: { enabled: extra.prf.enabled } },
      response: making
        ? { clientDataJSON: text(r.clientDataJSON), attestationObject: text(r.attestationObject), transports: r.getTransports?.() ?? [] }
        : { clientDataJSON: text(r.clientDataJSON), authenticatorData: text(r.authenticatorData), signature: text(r.signature), userHandle: r.userHandle ? text(r.userHandle) : undefined },
    }),
  };
}

for (const button of document.querySelectorAll('button[data-key-ask]')) {
  const form = button.closest('form');
  if (!(button instanceof HTMLButtonElement) || !form || !able()) continue;
  button.hidden = false;
  const none = form.querySelector('[data-key-none]');
  if (none instanceof HTMLElement) none.hidden = true;
  const problem = form.querySelector('[data-key-problem]');
  /** @param {string} part @param {string} value */
  const fill = (part, value) => {
    const input = form.querySelector(`[data-key-${part}]`);
    if (input instanceof HTMLInputElement) input.value = value;
  };
  button.addEventListener('click', async () => {
    // What must be filled in all the same: a name, or the passphrase of a locked keyring.
    for (const input of form.querySelectorAll('input[required]:not(.code)')) {
      if (input instanceof HTMLInputElement && !input.reportValidity()) return;
    }
    button.disabled = true;
    if (problem) problem.textContent = '';
    try {
      const o = await asks(button.dataset.keyAsk ?? '');
      if (!o) throw new Error('busy');
      const { key, prf } = await answer(o);
      fill('answer', key);
      fill('prf', prf);
      form.submit();
    } catch (err) {
      if (problem) problem.textContent = problem.getAttribute(err instanceof Error && err.message === 'busy' ? 'data-busy' : 'data-refused');
    } finally {
      button.disabled = false;
    }
  });
}
